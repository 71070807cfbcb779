package io.tenure.local.demo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Two virtual machines and a virtual data center are ordered; in the latter the customer makes a machine of its own. */
final class OrderAssets implements Stage {

    private static final int DISK_MIB = 16;
    private static final int OWN_DISK_BYTES = 4 << 20;

    @Override
    public String name() {
        return "two VMs and a VDC";
    }

    @Override
    public String run(Story story) throws Exception {
        story.location = story.get("provisioning", "/v1/tenants/" + story.tenantId, story.client("crm"))
                .path("allowedLocations")
                .get(0)
                .asText();
        var image = story.get("provisioning", "/v1/images", story.session.token())
                .path("items")
                .get(0)
                .path("id")
                .asText();
        for (var name : new String[] {"web-1", "db-1"}) {
            var order = new LinkedHashMap<String, Object>();
            order.put("name", name);
            order.put("image", image);
            order.put("vcpus", 2);
            order.put("memoryMiB", 2048);
            order.put("diskMiB", DISK_MIB);
            order.put("location", story.location);
            order(story, "vms", name, order);
        }
        var vdc = new LinkedHashMap<String, Object>();
        vdc.put("name", "production");
        vdc.put("vcpus", 8);
        vdc.put("memoryMiB", 16_384);
        vdc.put("storageMiB", 102_400);
        vdc.put("location", story.location);
        order(story, "vdcs", "production", vdc);
        for (var asset : story.assets) {
            Waiting.untilTrue(asset.name() + " provisioned", Waiting.PATIENCE, () -> story.get(
                            "provisioning", "/v1/" + asset.kind() + "/" + asset.id(), story.client("operations"))
                    .path("status")
                    .asText()
                    .equals("PROVISIONED"));
        }
        useThem(story);
        var listed = story.get("provisioning", "/v1/tenants/" + story.tenantId + "/assets", story.client("operations"));
        CheckFailed.unlessEqual(
                3L,
                StreamSupport.stream(listed.path("items").spliterator(), false).count(),
                "assets");
        return "3 assets provisioned; customer data on " + story.disks.size() + " disks (one inside the VDC)";
    }

    private static void order(Story story, String kind, String name, Map<String, Object> order) {
        var path = "/v1/tenants/" + story.tenantId + "/" + kind;
        var answer =
                Story.expect(202, story.post("provisioning", path, order, story.session.token()), "ordering " + name);
        var location = answer.header("Location");
        CheckFailed.unless(location.contains("/v1/" + kind + "/"), "the order's Location is '" + location + "'");
        story.assets.add(new Story.Asset(kind, answer.json().path("id").asText(), name));
    }

    /** What the customer does with its machines: files of the sandbox stand for their disks. */
    private static void useThem(Story story) throws Exception {
        var storage = story.storage();
        for (var asset : story.assets) {
            var directory = story.area() + "/" + asset.id();
            if (asset.kind().equals("vms")) {
                story.disks.add(DiskWitness.of(storage, directory + "/disk.img"));
            } else {
                var own = directory + "/vms/app-1/disk.img";
                storage.create(own, OWN_DISK_BYTES);
                story.disks.add(DiskWitness.of(storage, own));
            }
        }
        for (var disk : story.disks) {
            CheckFailed.unless(disk.look().remains() > 0, "the customer's data is not on " + disk.path());
        }
    }
}

package io.tenure.local.demo;

import java.util.HashSet;

/** The disks are overwritten where they are, read back, and removed; a fresh inventory finds nothing left. */
final class Deletion implements Stage {

    @Override
    public String name() {
        return "disks overwritten, verified and gone";
    }

    @Override
    public String run(Story story) throws Exception {
        story.awaitTermination("DELETED", Waiting.PATIENCE);
        var inventory = story.events.await("TenantAssetsDeleted", Waiting.PATIENCE, e -> true);
        var readBack = new HashSet<String>();
        for (var event : story.events.named("MediumSanitized")) {
            var disk = event.data().path("disk");
            var sanitization = disk.path("sanitization");
            CheckFailed.unlessEqual(
                    "OVERWRITTEN CLEAR",
                    sanitization.path("kind").asText() + " "
                            + sanitization.path("method").asText(),
                    "the way and the method for a virtual volume");
            CheckFailed.unlessEqual(
                    disk.path("bytes").asLong(),
                    sanitization.path("bytesVerified").asLong()
                            + sanitization.path("bytesEmpty").asLong(),
                    "bytes read back, or empty before");
            readBack.add(sanitization.path("sha256").asText());
        }
        long bytes = 0;
        for (var disk : story.disks) {
            var now = disk.look();
            CheckFailed.unlessEqual(
                    0, now.remains(), "places on " + disk.path() + " that still hold the customer's data");
            CheckFailed.unless(
                    readBack.contains(now.sha256()),
                    "what " + disk.path() + " holds is not what any event says was written and read back");
            bytes += now.content().length;
            disk.close();
        }
        CheckFailed.unless(story.storage().files(story.area()).isEmpty(), "the storage still has files of the tenant");
        return (bytes >> 20) + " MiB on " + story.disks.size()
                + " disks overwritten in place (read through handles opened" + " before); inventory after: "
                + inventory.data().path("assets").asInt() + " assets deleted, no file left";
    }
}

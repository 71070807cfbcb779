package io.tenure.provisioning.tenant;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.task.Reconciliation;
import io.tenure.kit.task.Step;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Erases the contact some time after a tenant's deletion, so that an undeliverable mail does not keep personal data
 * forever. It happens in the database only, so {@link #act} does nothing.
 */
@ApplicationScoped
class ContactErasure implements Reconciliation<Void, Void> {

    static final String KIND = "contact-erasure";

    private final Tenants tenants;
    private final Contacts contacts;

    ContactErasure(Tenants tenants, Contacts contacts) {
        this.tenants = tenants;
        this.contacts = contacts;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration deadline() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Uni<Step<Void>> plan(Task task) {
        return tenants.lock(task.tenantId()).chain(contacts::erase).replaceWith(Step.done());
    }

    @Override
    public Uni<Void> act(Work work, Void nothing) {
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Step<Void>> settle(Task task, Void nothing, Void done) {
        return Uni.createFrom().item(Step.done());
    }
}

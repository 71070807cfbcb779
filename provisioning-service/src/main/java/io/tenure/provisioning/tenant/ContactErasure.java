package io.tenure.provisioning.tenant;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.task.Task;
import io.tenure.kit.task.TaskHandler;
import io.tenure.kit.task.Tasks;
import jakarta.enterprise.context.ApplicationScoped;

/** Erases the contact of a tenant that was deleted long ago, so that an undeliverable mail keeps no personal data for ever. */
@ApplicationScoped
class ContactErasure implements TaskHandler {

    static final String KIND = "contact-erasure";

    private final UnitOfWork unitOfWork;
    private final Tenants tenants;
    private final Contacts contacts;
    private final Tasks tasks;

    ContactErasure(UnitOfWork unitOfWork, Tenants tenants, Contacts contacts, Tasks tasks) {
        this.unitOfWork = unitOfWork;
        this.tenants = tenants;
        this.contacts = contacts;
        this.tasks = tasks;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Uni<Void> run(Task task) {
        return unitOfWork.run(
                () -> tenants.lock(task.tenantId()).chain(contacts::erase).chain(() -> tasks.complete(task)));
    }
}

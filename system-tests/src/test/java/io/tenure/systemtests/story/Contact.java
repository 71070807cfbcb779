package io.tenure.systemtests.story;

import io.tenure.systemtests.harness.Sensitive;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An administrator's contact that occurs nowhere else.
 *
 * @param name with letters beyond ASCII, which every encoding has to survive
 * @param phone in the form +49 30 and ten digits
 */
public record Contact(String name, String email, String phone) {

    /** One that no other tenant has, and that counts as sensitive from now on. */
    public static Contact invent(Sensitive sensitive) {
        var random = ThreadLocalRandom.current();
        var mark = Long.toString(random.nextLong(1L << 40, 1L << 41), 36);
        var digits = String.format(Locale.ROOT, "%010d", random.nextLong(1_000_000_000L, 10_000_000_000L));
        var contact = new Contact(
                "Änne O'Brien-" + mark, "admin." + mark + "@customer-" + mark + ".example", "+49 30 " + digits);
        sensitive.add("contact's name", contact.name());
        sensitive.add("contact's e-mail", contact.email());
        sensitive.add("contact's phone", contact.phone());
        sensitive.add("contact's phone", digits);
        sensitive.add("part of a contact", mark);
        return contact;
    }

    /** As a member of a request's body. */
    public Map<String, String> asBody() {
        return Map.of("name", name, "email", email, "phone", phone);
    }
}

package io.tenure.platform.sandbox;

import io.tenure.platform.DriverException;
import java.util.UUID;

/** By which an operation is found again: the journal, and the operation that it must be of. */
record Handle(String key, UUID operation) {

    static Handle of(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(0, slash).matches("[a-z0-9-]{36,128}")) {
            throw unknown();
        }
        try {
            return new Handle(text.substring(0, slash), UUID.fromString(text.substring(slash + 1)));
        } catch (IllegalArgumentException malformed) {
            throw unknown();
        }
    }

    private static DriverException unknown() {
        return DriverException.permanent("the handle is not one that this platform gave");
    }

    @Override
    public String toString() {
        return key + "/" + operation;
    }
}

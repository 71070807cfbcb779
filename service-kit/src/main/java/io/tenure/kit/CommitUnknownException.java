package io.tenure.kit;

/**
 * The connection was cut while the database was committing: it may have committed, or not. A repetition must recognise
 * what was already done.
 */
public final class CommitUnknownException extends RuntimeException {

    CommitUnknownException(Throwable cut) {
        super("It is not known whether the transaction was committed", cut, false, false);
    }
}

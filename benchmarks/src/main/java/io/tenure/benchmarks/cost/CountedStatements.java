package io.tenure.benchmarks.cost;

/**
 * Counts the statements in what a client says to PostgreSQL on one connection: simple queries and executions of
 * prepared ones, BEGIN and COMMIT included (PostgreSQL's frontend/backend protocol 3, "Message Formats"). For one
 * thread.
 */
final class CountedStatements {

    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    /** Length and code; the first messages of a connection have no type. */
    private static final int UNTYPED_HEADER = 8;

    /** Type and length. */
    private static final int HEADER = 5;

    private static final int LENGTH = 4;

    private final byte[] header = new byte[UNTYPED_HEADER];
    private int filled;
    private long bodyLeft;
    private boolean started;

    /** Takes what came next, cut anywhere. @return how many statements begin in it */
    int accept(byte[] bytes, int length) {
        int statements = 0;
        for (int i = 0; i < length; ) {
            if (bodyLeft > 0) {
                int skipped = (int) Math.min(bodyLeft, length - i);
                bodyLeft -= skipped;
                i += skipped;
                continue;
            }
            header[filled++] = bytes[i++];
            if (!started && filled == UNTYPED_HEADER) {
                int code = number(LENGTH);
                // What asks for encryption is refused here, and the real start follows.
                started = code != SSL_REQUEST && code != GSS_REQUEST;
                bodyLeft = number(0) - UNTYPED_HEADER;
                filled = 0;
            } else if (started && filled == HEADER) {
                statements += header[0] == 'Q' || header[0] == 'E' ? 1 : 0;
                bodyLeft = number(1) - LENGTH;
                filled = 0;
            }
        }
        return statements;
    }

    private int number(int at) {
        return (header[at] & 0xFF) << 24
                | (header[at + 1] & 0xFF) << 16
                | (header[at + 2] & 0xFF) << 8
                | header[at + 3] & 0xFF;
    }
}

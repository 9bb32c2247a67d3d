package io.quern.cli;

import java.io.IOException;

/** Whoever read our standard output has read enough, as {@code quern run ... | head -1} does: time to end, quietly. */
final class ClosedOutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedOutputException(IOException cause) {
        super(cause);
    }
}

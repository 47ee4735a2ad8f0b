package io.sparktron.checkpoint;

import java.io.IOException;

/**
 * A checkpoint could not be saved; there is no manifest of it, and every rank throws this: with the same words, of the first rank that failed, and the same kind of
 * cause, so that what follows does not depend on which rank is heard first. What went wrong on this rank, if something did, is suppressed.
 */
public final class CheckpointFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param inputOutput whether the first rank's file system or network failed; then an {@link IOException} is the cause
     */
    CheckpointFailedException(String message, boolean inputOutput) {
        super(message, inputOutput ? new IOException(message) : null);
    }
}

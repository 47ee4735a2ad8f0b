package io.sparktron.checkpoint;

/** A checkpoint could not be saved; there is no manifest of it, and every rank throws this. */
public final class CheckpointFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public CheckpointFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.sparktron.collective;

/** A collective that cannot complete; the message names the group, the rank at fault and the first cause. */
public final class CommunicatorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommunicatorException(String message) {
        super(message);
    }

    public CommunicatorException(String message, Throwable cause) {
        super(message, cause);
    }
}

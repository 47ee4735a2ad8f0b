package io.sparktron.run;

/** Another driver has taken over the run folder, so this one must not write there any more; the message is one line that names it. */
public final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LeaseLostException(String message) {
        super(message);
    }
}

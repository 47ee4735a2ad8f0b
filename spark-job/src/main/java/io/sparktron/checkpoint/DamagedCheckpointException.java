package io.sparktron.checkpoint;

import io.sparktron.tokens.InvalidInputException;

/** A complete checkpoint whose files do not hold what its manifest says; an older one may serve. The message names file and damage. */
public final class DamagedCheckpointException extends InvalidInputException {
    private static final long serialVersionUID = 1L;

    private final String folder;

    DamagedCheckpointException(String folder, String message, Throwable cause) {
        super(message, cause);
        this.folder = folder;
    }

    /** The checkpoint's own folder. */
    public String folder() {
        return folder;
    }
}

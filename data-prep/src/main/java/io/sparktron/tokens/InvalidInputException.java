package io.sparktron.tokens;

/**
 * What the user gave cannot be used: a wrong setting, a path that is missing or holds nothing usable, or wrong content. The message is one
 * line that names the key or file, its value, and what would be legal; the command line ends with exit code 2.
 */
public class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message) {
        super(message);
    }

    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}

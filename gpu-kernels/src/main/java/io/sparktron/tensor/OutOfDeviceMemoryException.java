package io.sparktron.tensor;

/** The device, or the host memory that stands for it, cannot give what was asked for. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutOfDeviceMemoryException(String message) {
        super(message);
    }
}

package io.sparktron.prep.read;

import java.io.Serializable;

/**
 * A file to read.
 *
 * @param path full name, with the scheme of its file system
 * @param format never {@link InputFormat#AUTO}
 * @param bytes its length as stored
 * @param modified when it last changed, in milliseconds since 1970
 */
public record InputFile(String path, InputFormat format, long bytes, long modified) implements Serializable {}

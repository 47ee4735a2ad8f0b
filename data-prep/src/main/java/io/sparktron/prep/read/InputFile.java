package io.sparktron.prep.read;

import java.io.Serializable;

/**
 * A file to read.
 *
 * @param source number of its source in the settings
 * @param path full name, with the scheme of its file system
 * @param format never {@link InputFormat#AUTO}
 * @param textField the JSON field or Parquet column that holds the document
 * @param bytes its length as stored
 * @param modified when it last changed, in milliseconds since 1970
 */
public record InputFile(int source, String path, InputFormat format, String textField, long bytes, long modified)
        implements Serializable {}

package io.sparktron.prep.read;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * A file to read.
 *
 * @param number its place in the list of all files: first by source, then by path
 * @param source index of its source in the settings
 * @param path full name, with the scheme of its file system
 * @param format never {@link InputFormat#AUTO}
 * @param textField the JSON field or Parquet column that holds the document
 * @param bytes its length as stored
 * @param modified when it last changed, in milliseconds since 1970
 */
public record InputFile(
        int number, int source, String path, InputFormat format, String textField, long bytes, long modified)
        implements Serializable {
    /** Bits of a document's id that tell its place in its file. */
    public static final int PLACE_BITS = 40;
    /** Places that a file can have, and so the bytes that it may hold. */
    public static final long PLACES = 1L << PLACE_BITS;
    /** Files that a corpus may have: ids are not negative. */
    public static final int MOST_FILES = 1 << Long.SIZE - 1 - PLACE_BITS;

    private static final Pattern PLACE = Pattern.compile(" (row|at byte) \\d+$");

    /**
     * The id of a document: smaller = earlier source, path, place.
     *
     * @param place where it begins; see {@link #location}
     */
    public long id(long place) {
        if (place < 0 || place >= PLACES) {
            throw new InvalidInputException(path + " holds a document at place " + place + "; legal: below 2^"
                    + PLACE_BITS + ", in smaller files");
        }
        return (long) number << PLACE_BITS | place;
    }

    /** A document's place for people: its row, its first byte in the decompressed file, or the whole file; see {@link WarcInput#place} too. */
    public String location(long place) {
        return switch (format) {
            case TEXT, HTML -> path;
            case PARQUET -> path + " row " + place;
            default -> path + " at byte " + place;
        };
    }

    /** The path of a {@link #location}, so that places of one file can be counted together. */
    public static String pathOf(String location) {
        return PLACE.matcher(location).replaceFirst("");
    }
}

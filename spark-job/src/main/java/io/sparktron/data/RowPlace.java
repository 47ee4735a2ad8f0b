package io.sparktron.data;

import io.sparktron.tokens.InvalidInputException;
import org.apache.hadoop.fs.Path;

/** Where the reading of a file stands, for errors. */
final class RowPlace {
    private final Path file;
    private long row;

    RowPlace(Path file, long row) {
        this.file = file;
        this.row = row;
    }

    /** Number in the file of the row that comes next. */
    long row() {
        return row;
    }

    void next() {
        row++;
    }

    InvalidInputException illegal(String found, Object legal) {
        return new InvalidInputException(file + ", row " + row + ", has " + found + "; legal: " + legal);
    }
}

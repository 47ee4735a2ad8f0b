package io.sparktron.run;

import java.io.IOException;
import java.util.List;

/** A file of lines that grows while its run goes on. */
interface LineFile extends AutoCloseable {
    /** Adds lines; others see them on return. After an error some may be in the file, and the next call puts that right. */
    void add(List<String> lines) throws IOException;

    /** Whether to add a line is cheap, however long the file is. */
    boolean cheap();

    /** Adds nothing. */
    @Override
    void close() throws IOException;
}

package io.sparktron.storage;

import java.io.IOException;

/** Asked before something is written that another process may have the right to instead. */
public interface Permission {
    /** For what nobody else can write. */
    Permission ALWAYS = () -> {};

    /**
     * Returns if it may be written now.
     *
     * @throws RuntimeException if it may not, now or later
     * @throws IOException if that cannot be told at this time
     */
    void require() throws IOException;
}

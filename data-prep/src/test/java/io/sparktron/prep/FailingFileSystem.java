package io.sparktron.prep;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local disk under the scheme {@code failing:}, where the file of one name cannot be renamed to it. */
public final class FailingFileSystem extends RawLocalFileSystem {
    public static final String SCHEME = "failing";
    /** Name of the file that never comes to be, or its end from a dot on; empty for none. */
    public static volatile String forbidden = "";

    public static void register(Configuration configuration) {
        configuration.set("fs." + SCHEME + ".impl", FailingFileSystem.class.getName());
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        if (to.getName().equals(forbidden)
                || (forbidden.startsWith(".") && to.getName().endsWith(forbidden))) {
            throw new IOException("No space left for " + to);
        }
        return super.rename(from, to);
    }
}

package io.sparktron.checkpoint;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** File systems as a run folder uses them: any of Hadoop's, the local one without its checksum files, since ours are in the manifests. */
public final class Storage {
    private Storage() {}

    public static FileSystem of(Path path, Configuration hadoop) throws IOException {
        FileSystem files = path.getFileSystem(hadoop);
        return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
    }

    /** The same path with scheme and, on the local file system, from the root: a rank may work in another folder than the driver. */
    public static String qualify(String path, Configuration hadoop) throws IOException {
        Path given = new Path(path);
        return given.getFileSystem(hadoop).makeQualified(given).toString();
    }

    /** Writes a small file in one step as others see it: under a temporary name, flushed to disk, then renamed over what was there. */
    public static void replace(Path path, byte[] content, Configuration hadoop) throws IOException {
        FileSystem files = of(path, hadoop);
        Path temporary = new Path(path.getParent(), "." + path.getName() + ".temporary");
        files.mkdirs(path.getParent());
        try (FSDataOutputStream out = files.create(temporary, true)) {
            out.write(content);
            out.hsync();
        }
        if (!files.rename(temporary, path)) { // HDFS does not rename over a file
            files.delete(path, false);
            if (!files.rename(temporary, path)) {
                throw new IOException("cannot rename " + temporary + " to " + path);
            }
        }
    }

    /** The content of a small file. */
    public static byte[] read(Path path, Configuration hadoop) throws IOException {
        try (var in = of(path, hadoop).open(path)) {
            return in.readAllBytes();
        }
    }
}

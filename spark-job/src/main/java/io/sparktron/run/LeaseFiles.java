package io.sparktron.run;

import io.sparktron.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The {@code lease} folder of a run: a file for each time that a driver took the run folder, numbered from 1, of which only the last counts. */
final class LeaseFiles {
    private static final Pattern NAME = Pattern.compile("\\d{8,18}\\.json");
    /** File systems keep the times of files in steps of up to 2 s. */
    private static final long TIME_STEP_MILLIS = 2000;

    private final Path folder;
    private final Configuration hadoop;

    LeaseFiles(String runFolder, Configuration hadoop) {
        this.folder = new Path(runFolder, "lease");
        this.hadoop = hadoop;
    }

    /** A file as a watcher sees it: whoever renews it changes one of these. */
    record Seen(long modified, byte[] content) {
        boolean sameAs(Seen other) {
            return modified == other.modified && Arrays.equals(content, other.content);
        }

        Optional<LeaseHolder> holder() throws IOException {
            return LeaseHolder.parse(content);
        }
    }

    /** The last number; 0 if there is none. */
    long last() throws IOException {
        FileStatus[] found;
        try {
            found = files().listStatus(folder);
        } catch (FileNotFoundException none) {
            return 0;
        }
        return Stream.of(found)
                .map(FileStatus::getPath)
                .filter(path -> NAME.matcher(path.getName()).matches())
                .mapToLong(LeaseFiles::number)
                .max()
                .orElse(0);
    }

    /** Empty if there is no such file. Reading comes first: on NFS, opening a file is what makes its time fresh. */
    Optional<Seen> look(long number) throws IOException {
        Path file = path(number);
        try {
            byte[] content = contentOf(file);
            return Optional.of(new Seen(files().getFileStatus(file).getModificationTime(), content));
        } catch (FileNotFoundException none) {
            return Optional.empty();
        }
    }

    /** Nothing while HDFS cannot tell how long the file is: its writer has just begun, or died there. */
    private byte[] contentOf(Path file) throws IOException {
        try {
            return Storage.read(file, hadoop);
        } catch (FileNotFoundException none) {
            throw none;
        } catch (IOException unreadable) {
            if (files().getFileStatus(file).getLen() > 0) {
                throw unreadable;
            }
            return new byte[0];
        }
    }

    /** Creates a file; false if there is one already. */
    boolean create(long number, LeaseHolder holder) throws IOException {
        return Storage.createNew(path(number), holder.toJson(), hadoop);
    }

    void write(long number, LeaseHolder holder) throws IOException {
        Storage.replace(path(number), holder.toJson(), hadoop);
    }

    /**
     * Sets the time of a file, which needs no space on the disk.
     *
     * @return whether the file system keeps it: object stores have no such time
     * @throws FileNotFoundException if there is no such file
     */
    boolean touch(long number, long millis) throws IOException {
        Path file = path(number);
        files().setTimes(file, millis, -1);
        return Math.abs(files().getFileStatus(file).getModificationTime() - millis) <= TIME_STEP_MILLIS;
    }

    void delete(long number) throws IOException {
        Storage.delete(path(number), hadoop);
    }

    /** Deletes all files before a number. */
    void deleteBefore(long number) throws IOException {
        for (FileStatus found : files().listStatus(folder)) {
            Path file = found.getPath();
            if (NAME.matcher(file.getName()).matches() && number(file) < number) {
                Storage.delete(file, hadoop);
            }
        }
    }

    Path path(long number) {
        return new Path(folder, String.format(Locale.ROOT, "%08d.json", number));
    }

    private static long number(Path file) {
        return Long.parseLong(file.getName().replace(".json", ""));
    }

    private FileSystem files() throws IOException {
        return Storage.of(folder, hadoop);
    }
}

package io.sparktron.storage;

import io.sparktron.tokens.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.security.AccessControlException;

/** File systems as a run folder uses them: any of Hadoop's, the local one without its checksum files, since ours are in the manifests. */
public final class Storage {
    /** Most bytes that are read or written before a {@link BlockListener} hears of it. */
    public static final int BLOCK = 1 << 20;

    private Storage() {}

    public static FileSystem of(Path path, Configuration hadoop) throws IOException {
        FileSystem files = path.getFileSystem(hadoop);
        return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
    }

    /** The same path with scheme and, on the local file system, from the root: a rank may work in another folder than the driver. */
    public static String qualify(String path, Configuration hadoop) throws IOException {
        try {
            Path given = new Path(path);
            return given.getFileSystem(hadoop).makeQualified(given).toString();
        } catch (UnsupportedFileSystemException | IllegalArgumentException e) {
            throw new InvalidInputException(path + " is no path of a known file system: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a file to write it from its beginning.
     *
     * @param overwrite whether there may be one
     */
    public static FSDataOutputStream create(Path file, boolean overwrite, Configuration hadoop) throws IOException {
        return create(file, overwrite, hadoop, BlockListener.NONE);
    }

    /**
     * Opens a file to write it from its beginning.
     *
     * @param overwrite whether there may be one
     */
    public static FSDataOutputStream create(Path file, boolean overwrite, Configuration hadoop, BlockListener listener)
            throws IOException {
        return CheckedOutput.of(of(file, hadoop).create(file, overwrite), file, listener);
    }

    /** Opens a file to read it. */
    public static FSDataInputStream open(Path file, Configuration hadoop, BlockListener listener) throws IOException {
        return heard(of(file, hadoop).open(file), listener);
    }

    /** An open file, each of whose blocks is told from now on. */
    public static FSDataInputStream heard(FSDataInputStream file, BlockListener listener) {
        return HeardInput.of(file, listener);
    }

    /**
     * Opens a file to write on at its end. Nothing waits in a buffer of the local file system: what could not be written once is not written later, at some other place.
     *
     * @throws UnsupportedOperationException where files do not {@link #growsFiles grow}
     */
    public static FSDataOutputStream append(Path file, Configuration hadoop) throws IOException {
        return CheckedOutput.of(of(file, hadoop).append(file, 1), file, BlockListener.NONE);
    }

    /**
     * Makes a folder and its parents, unless it is there already.
     *
     * @param key the setting that named it
     * @throws InvalidInputException if a file is in the way or the file system does not allow it
     */
    public static void makeFolder(String key, Path folder, Configuration hadoop) throws IOException {
        boolean made;
        try {
            made = of(folder, hadoop).mkdirs(folder);
        } catch (FileAlreadyExistsException | ParentNotDirectoryException e) {
            throw new InvalidInputException(
                    key + " = " + folder + " is a file or lies below one; legal: a folder, or where one can be made",
                    e);
        } catch (AccessControlException e) {
            throw new InvalidInputException(key + " = " + folder + " cannot be made: " + e.getMessage(), e);
        }
        if (!made) {
            throw new InvalidInputException(
                    key + " = " + folder + " cannot be made; legal: a folder, or where one can be made");
        }
    }

    /**
     * Whether files grow where they lie: they can be appended to, others see them before they are complete, and renaming is one step. The rest are object stores: what is
     * written appears, or replaces what was there, whole and when it is closed, and to rename is to copy. Hadoop has no name for the two kinds; that a file system
     * says it can append is what tells them apart.
     */
    public static boolean growsFiles(Path path, Configuration hadoop) throws IOException {
        return of(path, hadoop).hasPathCapability(path, CommonPathCapabilities.FS_APPEND);
    }

    /**
     * Writes a small file in one step as others see it: under a temporary name, flushed to disk, then renamed over what was there; on an object store, where that is one
     * step by itself, under its own name.
     */
    public static void replace(Path path, byte[] content, Configuration hadoop) throws IOException {
        replace(path, ".temporary", content, hadoop);
    }

    /** The same where several processes may do so at once: others see the content of one of them, whole. A killed one leaves its temporary file. */
    public static void replaceAmongMany(Path path, byte[] content, Configuration hadoop) throws IOException {
        replace(path, "." + UUID.randomUUID() + ".temporary", content, hadoop);
    }

    private static void replace(Path path, String suffix, byte[] content, Configuration hadoop) throws IOException {
        if (growsFiles(path, hadoop)) {
            renameOver(path, new Path(path.getParent(), "." + path.getName() + suffix), content, hadoop);
        } else {
            put(path, content, hadoop);
        }
    }

    private static void renameOver(Path path, Path temporary, byte[] content, Configuration hadoop) throws IOException {
        FileSystem files = of(path, hadoop);
        files.mkdirs(path.getParent());
        try {
            try (FSDataOutputStream out = create(temporary, true, hadoop)) {
                out.write(content);
                out.hsync();
            }
            if (!files.rename(
                    temporary, path)) { // HDFS renames over a file only where it is told to, which FileContext can
                FileContext.getFileContext(files.getUri(), hadoop).rename(temporary, path, Options.Rename.OVERWRITE);
            }
        } catch (IOException e) {
            throw withoutRest(temporary, e, hadoop);
        }
    }

    private static void put(Path path, byte[] content, Configuration hadoop) throws IOException {
        FSDataOutputStream out = create(path, true, hadoop);
        try {
            out.write(content);
        } catch (IOException e) {
            abandon(path, out, hadoop);
            throw e;
        }
        out.close();
    }

    /**
     * Ends the writing of a file that is not to be. Where files {@link #growsFiles grow} it is closed, for the caller to delete. On an object store to close is to publish: there the
     * writing is aborted, or, where that cannot be, left as it is.
     */
    public static void abandon(Path path, FSDataOutputStream out, Configuration hadoop) throws IOException {
        if (growsFiles(path, hadoop)) {
            out.close();
        } else if (out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
            out.abort();
        }
    }

    private static IOException withoutRest(Path temporary, IOException failure, Configuration hadoop) {
        try {
            delete(temporary, hadoop);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /**
     * Whether of several processes that {@link #createNew} a file at once exactly one succeeds, which Hadoop promises for no file system: the local one
     * has it from the operating system (where that is a network's, from its server), HDFS from its name node.
     */
    public static boolean createsExclusively(Path path, Configuration hadoop) throws IOException {
        FileSystem files = of(path, hadoop);
        return files instanceof RawLocalFileSystem || files instanceof DistributedFileSystem;
    }

    /**
     * Creates a small file, unless there is one; where file systems do not {@link #createsExclusively}, several may do so at once, and the content is that of the last.
     * Others may see the file before its content.
     *
     * @return whether there was none
     */
    public static boolean createNew(Path path, byte[] content, Configuration hadoop) throws IOException {
        FileSystem files = of(path, hadoop);
        files.mkdirs(path.getParent());
        OutputStream created;
        try {
            created = exclusive(files, path);
        } catch (IOException e) { // of a file that another has just begun, file systems say different things
            if (files.exists(path)) {
                return false;
            }
            throw e;
        }
        try (OutputStream out = created) {
            out.write(content);
        } catch (IOException e) {
            throw withoutRest(path, e, hadoop);
        }
        return true;
    }

    /** Hadoop's local file system looks first and creates then; the operating system does both in one. */
    private static OutputStream exclusive(FileSystem files, Path path) throws IOException {
        return files instanceof RawLocalFileSystem local
                ? Files.newOutputStream(
                        local.pathToFile(path).toPath(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                : files.create(path, false);
    }

    /** Deletes a file, or a folder with all in it; that there is none is fine. */
    public static void delete(Path path, Configuration hadoop) throws IOException {
        FileSystem files = of(path, hadoop);
        if (!files.delete(path, true) && files.exists(path)) {
            throw new IOException("cannot delete " + path);
        }
    }

    /** The content of a small file. */
    public static byte[] read(Path path, Configuration hadoop) throws IOException {
        try (var in = of(path, hadoop).open(path)) {
            return in.readAllBytes();
        }
    }

    public static boolean exists(Path path, Configuration hadoop) throws IOException {
        return of(path, hadoop).exists(path);
    }

    /**
     * Fails unless a folder is yet to be made, or has nothing in it.
     *
     * @param key the setting that named it
     * @throws InvalidInputException if there is something
     */
    public static void requireEmpty(String key, Path folder, Configuration hadoop) throws IOException {
        FileSystem files = of(folder, hadoop);
        FileStatus[] found;
        try {
            found = files.listStatus(folder); // of a file: the file
        } catch (FileNotFoundException none) {
            return;
        }
        if (found.length > 0) {
            throw new InvalidInputException(key + " = " + folder + " holds "
                    + found[0].getPath().getName() + "; legal: a folder that does not exist yet, or an empty one");
        }
    }
}

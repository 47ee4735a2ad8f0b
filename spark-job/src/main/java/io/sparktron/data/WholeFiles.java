package io.sparktron.data;

import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * Holds files against the manifest before they are used: their length always, and their SHA-256 where the manifest has one, once in a process
 * whatever the number of readers.
 *
 * <p>A digest costs a reading of the whole file, which training reads anyway. For a file beyond {@value #LARGEST_DIGESTED} bytes, four times what data
 * preparation writes, that would hold up the first batch for long: it is held by its length, by the checksums of its pages and by the
 * checks of each row alone. What these cannot see is a change in the head of a page, outside Parquet's checksums, that leaves the rows
 * well-formed; only a digest can.
 */
final class WholeFiles {
    static final long LARGEST_DIGESTED = 1L << 28;

    private static final int PIECE = 1 << 20;
    private static final Set<Identity> WHOLE = ConcurrentHashMap.newKeySet();
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    /** Read by all threads of this process. */
    private static final LongAdder BLOCKS = new LongAdder();

    /** A file that was written anew is another file. */
    private record Identity(String path, long bytes, long modified, String sha256) {}

    private WholeFiles() {}

    /**
     * Checks a file.
     *
     * @param listener hears of each block that is read, by this thread or by another that checks a file first
     * @throws InvalidInputException if its length or digest is not the manifest's
     * @throws InterruptedIOException if the thread is interrupted
     */
    static void require(FileStatus file, Manifest.DataFile expected, FileSystem files, BlockListener listener)
            throws IOException {
        if (expected.bytes() != null && expected.bytes() != file.getLen()) {
            throw new InvalidInputException(file.getPath() + " has " + file.getLen() + " bytes; legal: "
                    + expected.bytes() + ", as its dataset's manifest says: the file is torn or another one");
        }
        if (expected.sha256() == null || file.getLen() > LARGEST_DIGESTED) {
            return;
        }
        Identity identity =
                new Identity(file.getPath().toString(), file.getLen(), file.getModificationTime(), expected.sha256());
        lock(file, listener);
        try {
            if (!WHOLE.contains(identity)) {
                requireDigest(file, expected.sha256(), files, listener);
                WHOLE.add(identity);
            }
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    /** Waits for its turn; the blocks of who has it are passed for all that wait. */
    private static void lock(FileStatus file, BlockListener listener) throws InterruptedIOException {
        try {
            long seen = BLOCKS.sum();
            while (!ONE_AT_A_TIME.tryLock(500, TimeUnit.MILLISECONDS)) {
                if (BLOCKS.sum() != seen) {
                    seen = BLOCKS.sum();
                    listener.blockPassed();
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(file);
        }
    }

    private static void requireDigest(FileStatus file, String expected, FileSystem files, BlockListener listener)
            throws IOException {
        MessageDigest digest = Sha256.digest();
        BlockListener all = () -> {
            BLOCKS.increment();
            listener.blockPassed();
        };
        try (InputStream in = Storage.heard(files.open(file.getPath()), all)) {
            byte[] piece = new byte[PIECE];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                digest.update(piece, 0, length);
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted(file);
                }
            }
        }
        String actual = Sha256.hex(digest.digest());
        if (!actual.equalsIgnoreCase(expected)) {
            throw new InvalidInputException(file.getPath() + " has SHA-256 " + actual + "; legal: " + expected
                    + ", as its dataset's manifest says: copy or prepare the dataset again");
        }
    }

    private static InterruptedIOException interrupted(FileStatus file) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted before " + file.getPath() + " was checked");
    }
}

package io.sparktron.run;

import io.sparktron.run.LeaseFiles.Seen;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * How a driver takes a run folder.
 *
 * <p>Each taking is a file of its own, one number higher than the last; the highest number holds the folder, and files are deleted only by the holder of a higher one, so
 * that no slow driver can undo what a faster one did. A driver may take the next number where there is none yet, where the last holder released the folder, where its
 * process can be seen to be gone, or where its file did not change for {@link LeaseTimes#stale}. The file of the next number is created atomically on the local file
 * system and on HDFS: of drivers that try at once exactly one succeeds. Hadoop promises that of no other file system. There a driver creates the file, waits, and reads
 * back whose word it holds, that of the last who wrote it: again exactly one goes on, provided that each wrote within {@link LeaseTimes#settle} of looking, which
 * it measures; one that was slower does not count its own file as taken, and the one whose file it may have overwritten stops at its next renewal.
 */
final class LeaseWatch {
    private final String runFolder;
    private final Configuration hadoop;
    private final LeaseFiles files;
    private final LeaseTimes times;
    private final Consumer<String> progress;
    private final LeaseHolder self = LeaseHolder.self();
    private boolean said;

    LeaseWatch(String runFolder, Configuration hadoop, LeaseTimes times, Consumer<String> progress) {
        this.runFolder = runFolder;
        this.hadoop = hadoop;
        this.files = new LeaseFiles(runFolder, hadoop);
        this.times = times;
        this.progress = progress;
    }

    LeaseHolder self() {
        return self;
    }

    /**
     * Takes the folder.
     *
     * @return the number that now holds it
     * @throws InvalidInputException if another driver holds it, naming that
     */
    long take() throws IOException {
        while (true) {
            long last = files.last();
            Optional<Seen> before = last == 0 ? Optional.empty() : awaitFree(last);
            if ((last == 0 || before.isPresent()) && takeAfter(last, before)) {
                deleteBefore(last + 1);
                return last + 1;
            }
        }
    }

    /** The file as it is now that its holder has no more right to it; empty if it vanished or is no longer the last. */
    private Optional<Seen> awaitFree(long last) throws IOException {
        Optional<Seen> seen = files.look(last);
        long since = System.nanoTime();
        while (seen.isPresent() && files.last() == last) {
            Optional<LeaseHolder> holder = seen.get().holder();
            if (holder.isPresent() && holder.get().released()) {
                return seen;
            }
            if (holder.isPresent() && holder.get().gone()) {
                progress.accept("run.dir = " + runFolder + ": taken over from " + holder.get() + ", which has ended");
                return seen;
            }
            sayWaiting(holder);
            pause(times.poll());
            long looked = System.nanoTime();
            Optional<Seen> now = files.look(last);
            if (now.isEmpty() || !now.get().sameAs(seen.get())) {
                requireUnused(holder, now);
                seen = now;
                since = System.nanoTime();
            } else if (looked - since >= times.stale().toNanos()) {
                progress.accept("run.dir = " + runFolder + ": taken over from " + name(holder)
                        + ", which gave no sign for " + times.stale().toSeconds() + " s");
                return seen;
            }
        }
        return Optional.empty();
    }

    /** A file that changes has a driver behind it, unless the change was its first or its last. */
    private void requireUnused(Optional<LeaseHolder> before, Optional<Seen> now) throws IOException {
        Optional<LeaseHolder> holder = now.isPresent() ? now.get().holder() : Optional.empty();
        if (before.isPresent() && holder.isPresent() && !holder.get().released()) {
            throw new InvalidInputException("run.dir = " + runFolder + " is in use by " + holder.get()
                    + "; legal: another folder, or this one when that run has ended");
        }
    }

    private boolean takeAfter(long last, Optional<Seen> before) throws IOException {
        Elapsed sinceLook = new Elapsed();
        if (files.last() != last
                || before.isPresent()
                        && !files.look(last).filter(before.get()::sameAs).isPresent()) {
            return false;
        }
        long next = last + 1;
        if (!create(next)) {
            return false;
        }
        if (!Storage.createsExclusively(files.path(next), hadoop)) {
            if (sinceLook.longerThan(times.settle())) {
                progress.accept("warning: writing " + files.path(next) + " took more than "
                        + times.settle().toMillis() + " ms, so it does not count; trying again");
                return false;
            }
            pause(times.settle());
        }
        if (!isOurs(next)) {
            return false;
        }
        if (files.last() != next) { // we were so slow that others came and went
            files.delete(next);
            return false;
        }
        return true;
    }

    private boolean create(long number) throws IOException {
        try {
            return files.create(number, self);
        } catch (IOException e) {
            if (files.last() > number) { // it took us so long that another took ours for stale, and deleted it
                return false;
            }
            throw e;
        }
    }

    private boolean isOurs(long number) throws IOException {
        Optional<Seen> seen = files.look(number);
        Optional<LeaseHolder> holder = seen.isPresent() ? seen.get().holder() : Optional.empty();
        return holder.filter(there -> there.driver().equals(self.driver())).isPresent();
    }

    /** They count for nothing, but a driver that was taken over finds its own missing. */
    private void deleteBefore(long number) {
        try {
            files.deleteBefore(number);
        } catch (IOException e) {
            progress.accept("warning: leases before " + files.path(number) + " cannot be deleted: " + e.getMessage());
        }
    }

    private void sayWaiting(Optional<LeaseHolder> holder) {
        if (!said) {
            progress.accept("run.dir = " + runFolder + " is held by " + name(holder) + "; waiting up to "
                    + times.stale().toSeconds() + " s for a sign of it");
            said = true;
        }
    }

    private static String name(Optional<LeaseHolder> holder) {
        return holder.map(LeaseHolder::toString).orElse("a driver that did not write its name");
    }

    private static void pause(Duration time) throws InterruptedIOException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the run folder");
        }
    }
}

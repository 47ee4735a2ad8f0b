package io.sparktron.run;

import io.sparktron.storage.Permission;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * The right of one driver to write a run folder, renewed by a thread of its own until it is closed. A driver that was suspended for so long that another took the folder over
 * finds that out before it writes again: where the last renewal is overdue, {@link #require} looks for itself.
 *
 * <p>Renewing sets the time of the lease's file, which works on a full disk too; on file systems that keep no such time (object stores) the file is written again. A
 * renewal that fails is tried again: the folder is lost only when another has taken it.
 */
public final class RunLease implements Permission, AutoCloseable {
    private final LeaseFiles files;
    private final LeaseTicket ticket;
    private final LeaseHolder self;
    private final LeaseTimes times;
    private final Configuration hadoop;
    private final Consumer<String> progress;
    private final boolean keepsTimes;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread renewer;
    private Elapsed sinceCheck;
    private volatile LeaseLostException lost;

    private RunLease(
            String runFolder,
            long number,
            LeaseHolder self,
            LeaseTimes times,
            Configuration hadoop,
            Consumer<String> progress)
            throws IOException {
        this.files = new LeaseFiles(runFolder, hadoop);
        this.ticket = new LeaseTicket(runFolder, number, self.driver());
        this.self = self;
        this.times = times;
        this.hadoop = hadoop;
        this.progress = progress;
        this.sinceCheck = new Elapsed();
        this.keepsTimes = files.touch(number, 0) && files.touch(number, System.currentTimeMillis());
        this.renewer = new Thread(this::renewUntilClosed, "sparktron-lease");
        renewer.setDaemon(true);
        renewer.start();
    }

    /**
     * Takes a run folder that exists.
     *
     * @param progress receives lines for people
     * @throws io.sparktron.tokens.InvalidInputException if another driver holds it
     */
    static RunLease take(String runFolder, Configuration hadoop, LeaseTimes times, Consumer<String> progress)
            throws IOException {
        LeaseWatch watch = new LeaseWatch(runFolder, hadoop, times, progress);
        long number = watch.take();
        return new RunLease(runFolder, number, watch.self(), times, hadoop, progress);
    }

    /** For the ranks. */
    public LeaseTicket ticket() {
        return ticket;
    }

    /** Whether another driver is known to have taken over. */
    public boolean isLost() {
        return lost != null;
    }

    /**
     * Returns if this driver may write.
     *
     * @throws LeaseLostException if another has taken over
     * @throws IOException if a renewal is overdue and the file system does not answer
     */
    @Override
    public void require() throws IOException {
        if (lost == null && isOverdue()) {
            check();
        }
        requireNotLost();
    }

    /**
     * Returns unless another driver is known to have taken over; asks no file system.
     *
     * @throws LeaseLostException naming it
     */
    public void requireNotLost() {
        if (lost != null) {
            throw new LeaseLostException(lost.getMessage());
        }
    }

    /**
     * Called with what ended a run.
     *
     * @throws LeaseLostException if the lease was lost by then: all else follows from that
     */
    public void explain(Exception failure) {
        try {
            check();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        if (lost != null) {
            LeaseLostException instead = new LeaseLostException(lost.getMessage());
            instead.addSuppressed(failure);
            throw instead;
        }
    }

    /** Gives the folder back, unless it was lost. */
    @Override
    public void close() {
        closing.countDown();
        try {
            renewer.join(times.stale().toMillis());
            if (lost == null) {
                ticket.require(hadoop);
                files.write(ticket.number(), self.asReleased());
            }
        } catch (LeaseLostException another) {
            progress.accept("warning: " + another.getMessage());
        } catch (IOException e) {
            progress.accept(
                    "warning: the lease " + files.path(ticket.number()) + " cannot be released: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renewUntilClosed() {
        boolean failing = false;
        try {
            while (lost == null && !closing.await(times.renew().toMillis(), TimeUnit.MILLISECONDS)) {
                failing = !renewed(failing);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean renewed(boolean failing) {
        try {
            check();
            if (lost == null) {
                renew();
            }
            return true;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                progress.accept("warning: the lease " + files.path(ticket.number())
                        + " cannot be renewed, another driver may take over: " + e.getMessage());
            }
            return false;
        }
    }

    private void renew() throws IOException {
        if (keepsTimes) {
            files.touch(ticket.number(), System.currentTimeMillis());
        } else {
            files.write(ticket.number(), self.asRenewed());
        }
    }

    private synchronized boolean isOverdue() {
        return sinceCheck.longerThan(times.renew().plus(times.renew().dividedBy(2)));
    }

    private synchronized void check() throws IOException {
        if (lost != null) {
            return;
        }
        Elapsed now = new Elapsed();
        try {
            ticket.require(hadoop);
            sinceCheck = now;
        } catch (LeaseLostException e) {
            lost = e;
        }
    }
}

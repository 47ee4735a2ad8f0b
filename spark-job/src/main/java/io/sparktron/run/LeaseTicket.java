package io.sparktron.run;

import io.sparktron.run.LeaseFiles.Seen;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * By what a rank can ask whether its driver still holds the run folder: the ranks of a driver that was suspended, or cut off, go on without it.
 *
 * @param number of the lease
 * @param driver the word of its holder
 */
public record LeaseTicket(String runFolder, long number, String driver) implements Serializable {
    /**
     * Looks whether the lease is still the last one.
     *
     * @throws LeaseLostException if it is not, naming who has taken over
     */
    public void require(Configuration hadoop) throws IOException {
        LeaseFiles files = new LeaseFiles(runFolder, hadoop);
        long last = files.last();
        if (last > number) {
            throw lost(files, last);
        }
        Optional<Seen> seen = files.look(number);
        Optional<LeaseHolder> holder = seen.isPresent() ? seen.get().holder() : Optional.empty();
        if (holder.isEmpty() || !holder.get().driver().equals(driver)) {
            throw lost(files, Math.max(number, files.last()));
        }
    }

    private LeaseLostException lost(LeaseFiles files, long last) throws IOException {
        Optional<Seen> seen = files.look(last);
        Optional<LeaseHolder> holder = seen.isPresent() ? seen.get().holder() : Optional.empty();
        String by = holder.map(now -> "was taken over by " + now)
                .orElse("is no longer held by this run: " + files.path(number) + " is gone");
        return new LeaseLostException(
                "run.dir = " + runFolder + " " + by + "; this run has stopped and leaves the folder alone");
    }
}

package io.sparktron.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * So many faults of kinds drawn from a seed ({@code -Dsparktron.faults=100 -Dsparktron.seed=7}), up to five a run; no part of {@code mvn verify}. It says what it is
 * about to do, so that a failure can be had again.
 */
class FaultSoak {
    private static final int MOST_PER_RUN = 5;

    @TempDir
    Path folder;

    @Test
    void everyRunEndsWithTheLossCurveOfAnUndisturbedOne() throws Exception {
        SplittableRandom random = new SplittableRandom(Long.getLong("sparktron.seed", 1));
        FaultRoom room = new FaultRoom(folder);
        for (int left = Integer.getInteger("sparktron.faults", 20); left > 0; ) {
            List<Fault> faults = new ArrayList<>();
            int most = Math.min(left, MOST_PER_RUN);
            while (faults.size() < most) {
                faults.add(FaultKinds.all().get(random.nextInt(FaultKinds.all().size())));
            }
            long seed = random.nextLong();
            String saves = "train.save-in-background=" + random.nextBoolean();
            System.out.println("soak: " + left + " faults left; seed " + seed + ", " + faults + ", " + saves);
            room.hold(faults, seed, Cluster.local(FaultRoom.RANKS), "job.peer-timeout=5", saves);
            left -= faults.size();
        }
    }
}

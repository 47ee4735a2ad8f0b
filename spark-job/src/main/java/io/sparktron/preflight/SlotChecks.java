package io.sparktron.preflight;

import io.sparktron.parallel.Layout;
import io.sparktron.rank.ClusterFacts;

/** A slot for each rank, all at the same time. */
final class SlotChecks {
    private final ClusterFacts cluster;
    private final Layout layout;

    SlotChecks(ClusterFacts cluster, Layout layout) {
        this.cluster = cluster;
        this.layout = layout;
    }

    /** What the settings say: whether there can ever be enough. */
    Finding possible() {
        int ranks = layout.ranks();
        if (cluster.slots().isEmpty()) {
            return Finding.ok("slots", ranks + " are needed; " + cluster.master() + " does not say how many it has");
        }
        int slots = cluster.slots().getAsInt();
        return slots < ranks
                ? Finding.mistake(
                        "slots",
                        layout + " is " + ranks + " ranks, but " + cluster.master() + " has at most " + slots
                                + " slots of spark.task.cpus = " + cluster.taskCores(),
                        fix(slots))
                : Finding.ok("slots", ranks + " of at most " + slots + " are needed");
    }

    /** What came when executors were asked for. */
    Finding came(int slots, int asked) {
        return slots < asked
                ? Finding.problem(
                        "executors",
                        cluster.master() + " gave " + slots + " of " + asked + " slots in time",
                        "free cores in the cluster, give it more time with --set job.slot-timeout=SECONDS, or "
                                + smaller(slots))
                : Finding.ok("executors", slots + " slots came");
    }

    private String fix(int slots) {
        int cores = layout.ranks() * cluster.taskCores();
        String master = cluster.master();
        String more;
        if (master.startsWith("local-cluster")) {
            String[] parts = master.substring(0, master.length() - 1).split(",", -1);
            more = "--master 'local-cluster[" + layout.ranks() + "," + cluster.taskCores() + "," + parts[2].strip()
                    + "]'";
        } else if (master.startsWith("local")) {
            more = "--master 'local[" + cores + "]'";
        } else if (cluster.settings().containsKey("spark.cores.max")) {
            more = "--conf spark.cores.max=" + cores;
        } else {
            int ofExecutor = cluster.ranksOfExecutor();
            more = "--conf spark.executor.instances=" + (layout.ranks() + ofExecutor - 1) / ofExecutor;
        }
        return more + ", or " + smaller(slots);
    }

    private String smaller(int slots) {
        return slots < layout.tensor()
                ? "--set parallel.tensor=" + Math.max(1, slots) + " --set parallel.data=1"
                : "--set parallel.data=" + slots / layout.tensor();
    }
}

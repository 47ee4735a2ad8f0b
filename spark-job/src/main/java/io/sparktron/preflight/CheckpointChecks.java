package io.sparktron.preflight;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The checkpoint that a run would go on or start from: its manifest, and its shards against it. */
final class CheckpointChecks {
    private static final String CHECK = "checkpoint";

    private final boolean deep;
    private final Configuration hadoop;

    /**
     * @param deep whether to read every byte
     */
    CheckpointChecks(boolean deep, Configuration hadoop) {
        this.deep = deep;
        this.hadoop = hadoop;
    }

    /** The newest of a run folder, if it holds any. */
    List<Finding> newest(String runFolder) {
        return guarded(runFolder, () -> Checkpoint.newest(runFolder, hadoop));
    }

    /** What a new run starts from. */
    List<Finding> initial(String path) {
        return guarded(path, () -> Optional.of(Checkpoint.open(path, hadoop)));
    }

    private interface Opening {
        Optional<Checkpoint> open() throws IOException;
    }

    private List<Finding> guarded(String path, Opening opening) {
        try {
            Optional<Checkpoint> checkpoint = opening.open();
            return checkpoint.isEmpty() ? List.of() : shards(checkpoint.get());
        } catch (InvalidInputException e) {
            return List.of(Finding.mistake(CHECK, e.getMessage(), ""));
        } catch (IOException e) {
            return List.of(Finding.problem(CHECK, path + " cannot be read: " + e.getMessage(), ""));
        }
    }

    private List<Finding> shards(Checkpoint checkpoint) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (String damage : checkpoint.damage(deep)) {
            findings.add(Finding.mistake(
                    CHECK, damage, "remove " + checkpoint.folder() + ", to go on from the checkpoint before it"));
        }
        return findings.isEmpty()
                ? List.of(Finding.ok(
                        CHECK,
                        checkpoint.folder() + " is whole, "
                                + (deep ? "every byte of it read" : "by the lengths of its files")))
                : findings;
    }
}

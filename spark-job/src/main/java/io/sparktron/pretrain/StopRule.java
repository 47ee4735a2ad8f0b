package io.sparktron.pretrain;

import java.util.Optional;

/** When a run should save and end before its last step. Asked once a second or a step, by any thread. */
@FunctionalInterface
public interface StopRule {
    StopRule NEVER = Optional::empty;

    /** Why it should, in a few words; empty as long as it should go on, and never empty again after that. */
    Optional<String> reason();

    /** This rule, and where it is silent the other. */
    default StopRule or(StopRule other) {
        return () -> reason().or(other::reason);
    }
}

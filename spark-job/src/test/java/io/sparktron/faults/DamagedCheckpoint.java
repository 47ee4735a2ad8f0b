package io.sparktron.faults;

import java.util.random.RandomGenerator;

/**
 * The newest checkpoint is damaged and a rank's process gets SIGKILL: the run goes on from the checkpoint before.
 *
 * @param file how the names of the files end of which one is damaged: {@code .safetensors} for a shard, or {@code manifest.json}
 */
record DamagedCheckpoint(String file, Damage damage) implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) throws Exception {
        ProcessHandle executor = run.anyExecutor(random);
        run.inNewestCheckpoint(file, shard -> damage.to(shard, random));
        executor.destroyForcibly();
        return Ending.GOES_ON;
    }
}

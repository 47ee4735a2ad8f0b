package io.sparktron.pretrain;

import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingConfig;
import java.io.Serializable;

/**
 * A request with nothing left open, as the ranks get it.
 *
 * @param validationData folder of a token dataset, or null
 * @param fingerprint of the training data
 * @param validateEvery steps from one validation to the next; 0 for none
 * @param validateBatches samples of a validation, in global batches
 * @param checkpointEvery steps from one save to the next; 0 saves only after the last
 * @param checkpointKeep checkpoints that stay; 0 keeps all
 * @param checkReplicasEvery steps from one comparison of copies to the next; 0 for none
 * @param attempt a word that no earlier attempt of this run used, for the names of files
 */
public record PretrainPlan(
        String runFolder,
        String trainData,
        String validationData,
        ModelConfig model,
        CheckpointMetadata.Tokenizer tokenizer,
        String fingerprint,
        Layout layout,
        TrainingConfig training,
        DeviceConfig device,
        int validateEvery,
        int validateBatches,
        int checkpointEvery,
        int checkpointKeep,
        SaveInBackground saveInBackground,
        int checkReplicasEvery,
        Start start,
        String attempt,
        HadoopSettings hadoop)
        implements Serializable {

    /** Whether a validation follows step {@code step}. */
    boolean validatesAfter(long step) {
        return validationData != null && validateEvery > 0 && (step % validateEvery == 0 || step == training.steps());
    }

    /** Samples that the run has used when step {@code step} is made. */
    long consumedAfter(long step) {
        return training.consumedAfter(start.consumed(), step - start.step());
    }

    /**
     * Whether copies of the state are compared after step {@code step}: what is saved must be one state.
     *
     * @param saves whether it is saved then
     */
    boolean comparesReplicasAfter(long step, boolean saves) {
        return checkReplicasEvery > 0 && (saves || step % checkReplicasEvery == 0);
    }

    /** Whether a checkpoint follows step {@code step}; one always follows the last. */
    boolean savesAfter(long step) {
        return step == training.steps() || checkpointEvery > 0 && step % checkpointEvery == 0;
    }
}

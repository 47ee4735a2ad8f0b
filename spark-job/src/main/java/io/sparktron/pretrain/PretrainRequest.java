package io.sparktron.pretrain;

import io.sparktron.model.ModelRequest;
import io.sparktron.parallel.Layout;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingConfig;
import java.util.Optional;

/**
 * What a user asks of {@code pretrain}.
 *
 * @param runFolder where {@code run.json}, {@code metrics.jsonl} and checkpoints go: any Hadoop path
 * @param trainData folder of the token dataset to train on
 * @param validationData folder of the token dataset to validate on
 * @param initFrom run folder or checkpoint whose weights a new run starts from
 * @param validateEvery steps between validations; 0 for none
 * @param validateBatches global batches of one validation
 * @param checkpointEvery steps between checkpoints; the last step always saves; 0 for only that
 * @param checkpointKeep newest checkpoints to keep; 0 keeps all
 * @param checkReplicasEvery steps between comparisons of copies, beside those before a save; 0 for none at all
 * @param retries what to do when ranks are lost
 * @param settings the whole configuration as JSON, for {@code run.json}
 */
public record PretrainRequest(
        String runFolder,
        String trainData,
        Optional<String> validationData,
        Optional<String> initFrom,
        ModelRequest model,
        Layout layout,
        TrainingConfig training,
        DeviceConfig device,
        int validateEvery,
        int validateBatches,
        int checkpointEvery,
        int checkpointKeep,
        SaveInBackground saveInBackground,
        int checkReplicasEvery,
        RetryPolicy retries,
        String settings) {}

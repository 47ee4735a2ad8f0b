package io.sparktron.preflight;

import io.sparktron.model.Mode;
import io.sparktron.model.ModelRequest;
import io.sparktron.parallel.Layout;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.util.List;
import java.util.Optional;

/**
 * What a run would be, as far as it has been told: what is missing is not checked.
 *
 * @param microBatch samples that one rank takes through the model at once
 * @param globalBatch samples of one update
 * @param mode of the model that is trained
 * @param precision that it computes in
 * @param acrossHosts whether the ranks of a tensor group may be on several hosts, where that was said
 * @param checkpointKeep newest checkpoints to keep; 0 keeps all
 * @param pretrain the whole request, where no key that it needs is missing or wrong
 * @param missing keys that {@code pretrain} needs besides
 * @param mistake why the settings do not go together; empty if they do
 * @param deep whether to read every byte of checkpoints
 */
public record PreflightRequest(
        Optional<String> runFolder,
        Optional<String> trainData,
        Optional<String> validationData,
        Optional<String> initFrom,
        ModelRequest model,
        Layout layout,
        int microBatch,
        int globalBatch,
        Mode mode,
        Precision precision,
        DeviceConfig device,
        Optional<Boolean> acrossHosts,
        int checkpointKeep,
        Optional<PretrainRequest> pretrain,
        List<String> missing,
        String mistake,
        boolean deep) {

    /** What to look at before a run that is asked for. */
    public static PreflightRequest of(PretrainRequest pretrain) {
        return new PreflightRequest(
                Optional.of(pretrain.runFolder()),
                Optional.of(pretrain.trainData()),
                pretrain.validationData(),
                pretrain.initFrom(),
                pretrain.model(),
                pretrain.layout(),
                pretrain.training().microBatch(),
                pretrain.training().globalBatch(),
                pretrain.training().mode(),
                pretrain.training().precision(),
                pretrain.device(),
                Optional.empty(),
                pretrain.checkpointKeep(),
                Optional.of(pretrain),
                List.of(),
                "",
                false);
    }
}

package io.sparktron.pretrain;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.DamagedCheckpointException;
import io.sparktron.data.TokenDataset;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelRequest;
import io.sparktron.run.RunFolder;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.train.DeviceConfig;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/** Decides, before any rank starts, whether a request can be run and from where, and says what is wrong with it otherwise. */
final class Planner {
    private final PretrainRequest request;
    private final RunFolder folder;
    private final Configuration hadoop;
    private final Consumer<String> progress;
    private final Set<String> avoided = new HashSet<>();

    Planner(PretrainRequest request, RunFolder folder, Configuration hadoop, Consumer<String> progress) {
        this.request = request;
        this.folder = folder;
        this.hadoop = hadoop;
        this.progress = progress;
    }

    /** The plan of a start by hand; empty if the run is finished already. A damaged newest checkpoint stops it. */
    Optional<PretrainPlan> plan() throws IOException {
        return plan(folder.newestCheckpoint());
    }

    /** Has {@link #replan} pass over a checkpoint, loudly. */
    void avoid(DamagedCheckpointException damage) {
        avoided.add(damage.folder());
        progress.accept("warning: going back to the checkpoint before " + damage.folder() + ": " + damage.getMessage());
    }

    /** A checkpoint that was damaged has been saved anew, if it was this one. */
    void saved(long step) {
        avoided.remove(Checkpoint.folder(folder.path(), step));
    }

    /**
     * The plan of another attempt, from the newest checkpoint that is not known to be damaged; empty if the run is finished already.
     *
     * @param begin where this command began, and to where it goes back if it has made no checkpoint that can be read
     * @throws InvalidInputException if the checkpoints from which it began are damaged by now
     */
    Optional<PretrainPlan> replan(Start begin) throws IOException {
        Optional<Checkpoint> newest = newestUndamaged();
        if (newest.isEmpty() && begin instanceof Start.Resumed resumed) {
            throw new InvalidInputException("no undamaged checkpoint is left in " + request.runFolder()
                    + ", which went on from " + resumed.checkpoint()
                    + "; start with another run.dir, or remove its checkpoints to start it from the beginning");
        }
        return plan(newest);
    }

    private Optional<Checkpoint> newestUndamaged() throws IOException {
        for (String checkpoint : folder.completeCheckpoints()) {
            if (!avoided.contains(checkpoint)) {
                try {
                    return Optional.of(Checkpoint.open(checkpoint, hadoop));
                } catch (DamagedCheckpointException damage) {
                    avoid(damage);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<PretrainPlan> plan(Optional<Checkpoint> newest) throws IOException {
        request.training().accumulation(request.layout());
        TokenDataset train = TokenDataset.open(request.trainData(), hadoop);
        Manifest data = train.manifest();
        Optional<Checkpoint> base =
                newest.isPresent() ? newest : request.initFrom().map(path -> Checkpoint.open(path, hadoop));
        base.ifPresent(checkpoint -> {
            train.requireFamily(
                    "data.train", checkpoint.metadata().model().family().toString());
            requireSameTokenizer(checkpoint, data);
        });

        ModelConfig model = model(data, base);
        train.requireFamily("data.train", model.family().toString());
        train.requireVocabulary(hadoop);
        model.requireDivisible(request.layout());
        MicroBatch.requireFits(request.training().microBatch(), model.sequence());
        Optional<TokenDataset> validation = request.validationData().map(path -> TokenDataset.open(path, hadoop));
        validation.ifPresent(dataset -> requireFits(dataset, data));
        if (validation.isPresent()) {
            validation.get().requireVocabulary(hadoop);
        }
        if (newest.isPresent() && !goesOn(newest.get(), model, data)) {
            return Optional.empty();
        }
        Optional<PreviousRun> previous = previousRun();
        if (newest.isPresent()) {
            warnOfChanges(previous, validation.map(TokenDataset::folder).orElse(null));
        }
        return Optional.of(new PretrainPlan(
                folder.path(),
                train.folder(),
                validation.map(TokenDataset::folder).orElse(null),
                model,
                CheckpointMetadata.Tokenizer.of(data.tokenizer()),
                data.fingerprint(),
                request.layout(),
                request.training(),
                device(previous),
                request.validateEvery(),
                request.validateBatches(),
                request.checkpointEvery(),
                request.checkpointKeep(),
                request.saveInBackground(),
                request.checkReplicasEvery(),
                start(newest, base),
                UUID.randomUUID().toString().substring(0, 8),
                new HadoopSettings(hadoop)));
    }

    /** What the start before this one left in the run folder. A damaged page of it does not hinder a run, but is not passed over in silence. */
    private Optional<PreviousRun> previousRun() throws IOException {
        Optional<String> page = folder.readRunJson();
        if (page.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(PreviousRun.parse(page.get()));
        } catch (IOException e) {
            progress.accept("warning: run.json of " + folder.path() + " is damaged (" + e.getMessage()
                    + "); device.threads and changes of train.* cannot be compared with it");
            return Optional.empty();
        }
    }

    private void warnOfChanges(Optional<PreviousRun> previous, String validation) {
        List<String> changes =
                previous.map(run -> run.changes(request.training(), validation)).orElse(List.of());
        if (!changes.isEmpty()) {
            progress.accept(
                    "warning: " + folder.path() + " goes on with other settings: " + String.join(", ", changes));
        }
    }

    /** The number of threads decides the order of sums: where it is left to us, a restart at the same layout keeps the one decided first. */
    private DeviceConfig device(Optional<PreviousRun> previous) {
        DeviceConfig device = request.device();
        if (device.threads() != DeviceConfig.SHARE_OF_HOST
                || previous.isEmpty()
                || !previous.get().layout().equals(request.layout())) {
            return device;
        }
        List<Integer> threads = previous.get().threads();
        if (threads.stream().distinct().count() > 1) {
            progress.accept("warning: device.threads is decided anew: the ranks had " + threads
                    + ", and a restart can keep only one number for all; losses may differ in their last bits");
            return device;
        }
        progress.accept("device.threads = " + threads.get(0) + ", as at the last start");
        return new DeviceConfig(device.kind(), threads.get(0), device.reproducible());
    }

    private static Start start(Optional<Checkpoint> newest, Optional<Checkpoint> base) {
        if (newest.isPresent()) {
            CheckpointMetadata at = newest.get().metadata();
            return new Start.Resumed(newest.get().folder(), at.step(), at.consumed());
        }
        return base.<Start>map(checkpoint -> new Start.Weights(checkpoint.folder()))
                .orElseGet(Start.Fresh::new);
    }

    /** Whether steps are left to make from a checkpoint of this run. */
    private boolean goesOn(Checkpoint checkpoint, ModelConfig model, Manifest data) {
        CheckpointMetadata saved = checkpoint.metadata();
        requireEqual("the model", saved.model(), model);
        requireEqual("train.seed", saved.seed(), request.training().seed());
        requireEqual("the training data (fingerprint)", saved.datasetFingerprint(), data.fingerprint());
        if (saved.step() >= request.training().steps()) {
            progress.accept("already finished: " + checkpoint.folder() + " is after step " + saved.step()
                    + ", train.steps = " + request.training().steps());
            return false;
        }
        return true;
    }

    private void requireEqual(String what, Object saved, Object wanted) {
        if (!saved.equals(wanted)) {
            throw new InvalidInputException("run.dir = " + request.runFolder() + " holds a run with another value of "
                    + what + ": " + saved + ", now " + wanted
                    + "; use another run.dir, or train.init-from to start from its weights");
        }
    }

    /** From the settings, else from the checkpoint that the run starts from, else from the dataset. */
    private ModelConfig model(Manifest data, Optional<Checkpoint> base) {
        ModelRequest wanted = request.model();
        Optional<ModelConfig> given =
                base.map(checkpoint -> checkpoint.metadata().model());
        int sequence = wanted.sequence().orElse(data.sequence());
        if (sequence != data.sequence()) {
            throw new InvalidInputException("model.sequence = " + sequence + ", but the samples of "
                    + request.trainData() + " have " + data.sequence()
                    + " tokens; unset it, or prepare the data with prep.sequence = " + sequence);
        }
        int vocabulary = wanted.vocabulary().orElse(data.tokenizer().vocabulary());
        if (vocabulary != data.tokenizer().vocabulary()) {
            throw new InvalidInputException("model.vocabulary = " + vocabulary + ", but the tokenizer "
                    + data.tokenizer().name() + " of " + request.trainData() + " has "
                    + data.tokenizer().vocabulary() + " ids; unset it");
        }
        ModelConfig model = given.map(saved -> wanted.or(ModelRequest.of(saved)))
                .orElse(wanted)
                .or(ModelRequest.of(data))
                .config();
        given.ifPresent(saved -> requireShapesOf(saved, model));
        return model;
    }

    /** The sequence may differ from the checkpoint's: it is no dimension of a weight. */
    private static void requireShapesOf(ModelConfig saved, ModelConfig wanted) {
        if (!saved.withSequence(1).equals(wanted.withSequence(1))) {
            throw new InvalidInputException("the checkpoint holds " + saved + ", the settings ask for " + wanted
                    + "; unset the model.* keys, or start without it");
        }
    }

    private void requireSameTokenizer(Checkpoint checkpoint, Manifest data) {
        CheckpointMetadata.Tokenizer saved = checkpoint.metadata().tokenizer();
        if (!saved.equals(CheckpointMetadata.Tokenizer.of(data.tokenizer()))) {
            throw new InvalidInputException("checkpoint " + checkpoint.folder() + " was trained with tokenizer " + saved
                    + ", but " + request.trainData() + " was made with "
                    + CheckpointMetadata.Tokenizer.of(data.tokenizer()) + "; both must be the same");
        }
    }

    private void requireFits(TokenDataset dataset, Manifest data) {
        Manifest validation =
                dataset.requireFamily("data.validation", data.family()).manifest();
        if (validation.sequence() != data.sequence() || !validation.tokenizer().equals(data.tokenizer())) {
            throw new InvalidInputException("data.validation = " + dataset.folder() + " has sequence "
                    + validation.sequence()
                    + " and tokenizer " + validation.tokenizer() + ", data.train = " + request.trainData() + " has "
                    + data.sequence() + " and " + data.tokenizer() + "; both must be the same");
        }
    }
}

package io.sparktron.train;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata.AdamProgress;
import io.sparktron.checkpoint.CheckpointMetadata.LossScale;
import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.StepState;
import io.sparktron.model.LanguageModel;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.optimizer.ExposedTime;
import io.sparktron.optimizer.ParameterGather;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.OptimizerShare;
import io.sparktron.parallel.OwnedPart;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.storage.BlockListener;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What one rank's training is made of between two steps: the model over its parameters, Adam's moments, and the step state. Who gives the memory frees it. */
public final class TrainingState {
    /** Parameters are drawn and copied to the device in pieces of at most this many elements. */
    private static final long PIECE = 1L << 22;

    private static final String FIRST_MOMENT = "optimizer.first_moment.";
    private static final String SECOND_MOMENT = "optimizer.second_moment.";

    private final Execution on;
    private final ParameterStorage parameters;
    private final ModelConfig config;
    private final LossScaling scaling;
    private final LanguageModel model;
    private final StepState stepState;
    private double lossScale = 1; // as far as the host has heard

    /** Without loss scaling. */
    public TrainingState(Execution on, ModelConfig config, ParameterStorage.Source source) {
        this(on, config, LossScaling.NONE, source);
    }

    /**
     * @param scaling how the loss scale begins
     */
    public TrainingState(Execution on, ModelConfig config, LossScaling scaling, ParameterStorage.Source source) {
        this.on = on;
        this.scaling = scaling;
        List<List<ParameterSpec>> buckets = ModelParameters.buckets(
                config, on.mesh().layout().tensor(), on.kernels().device().vocabularyAlignment());
        OptimizerShare share = source.forTraining() ? OptimizerShare.of(on.mesh()) : OptimizerShare.WHOLE;
        this.parameters = new ParameterStorage(buckets, on.mesh().tensorRank(), share, on.type(), source);
        this.config = config;
        this.model = model(Mode.INFERENCE);
        Memory memory = source.shared().allocate("step state", (long) StepState.SLOTS * DType.FLOAT64.bytes());
        this.stepState = new StepState(new Tensor(memory, 0, DType.FLOAT64, Shape.of(StepState.SLOTS)));
    }

    ModelConfig.Family family() {
        return config.family();
    }

    public ParameterStorage parameters() {
        return parameters;
    }

    /** The model for inference. */
    public LanguageModel model() {
        return model;
    }

    /** Another model over the same parameters. */
    public LanguageModel model(Mode mode) {
        return LanguageModel.of(on, config, parameters, mode);
    }

    public StepState stepState() {
        return stepState;
    }

    /** Draws all weights from {@code seed}, the same at every layout, and sets the step state to that of no update. */
    public void initialize(long seed) {
        InitialWeights weights = new InitialWeights(on, seed, PIECE);
        parameters.all().forEach(weights::draw);
        spread();
        writeProgress(AdamProgress.NONE);
    }

    /**
     * Takes the weights from a checkpoint of any layout; every rank of a data group calls it.
     *
     * @param listener hears of each block that is read
     * @throws io.sparktron.tokens.InvalidInputException if it is of another model
     */
    public void loadWeights(Checkpoint checkpoint, BlockListener listener) {
        checkpoint.load(weights(), on.queue(), listener);
        spread();
    }

    /** Takes all of it from a checkpoint of any layout, as above. */
    public void load(Checkpoint checkpoint, BlockListener listener) {
        checkpoint.load(all(), on.queue(), listener);
        spread();
        writeProgress(checkpoint.metadata().adam());
    }

    /** What the optimizers own was written: brings it to the model. */
    void spread() {
        new ParameterGather(on, parameters, new ExposedTime()).run();
    }

    /** Sets what the optimizer carries from step to step besides the moments. */
    public void writeProgress(AdamProgress adam) {
        LossScale scale = scale(adam.lossScale());
        ByteBuffer slots = ByteBuffer.allocate(StepState.SLOTS * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        slots.putDouble(StepState.UPDATES * Double.BYTES, adam.updates());
        slots.putDouble(StepState.BETA1_POWER * Double.BYTES, adam.beta1Power());
        slots.putDouble(StepState.BETA2_POWER * Double.BYTES, adam.beta2Power());
        slots.putDouble(StepState.LOSS_SCALE * Double.BYTES, scale.scale());
        slots.putDouble(StepState.CLEAN_STEPS * Double.BYTES, scale.cleanSteps());
        slots.putDouble(StepState.HYSTERESIS_LEFT * Double.BYTES, scale.hysteresisLeft());
        slots.putDouble(StepState.OVERFLOWED * Double.BYTES, scale.overflowed());
        on.queue().write(slots, stepState.tensor());
        lossScale = scale.scale();
    }

    /** The loss scale to go on with; one that another precision left, or another window or minimum, is brought to where it can go on. */
    private LossScale scale(LossScale saved) {
        if (!scaling.active()) {
            return LossScale.NONE;
        }
        return saved.equals(LossScale.NONE)
                ? new LossScale(scaling.initial(), 0, scaling.hysteresis(), 0)
                : new LossScale(
                        Math.max(saved.scale(), scaling.minimum()),
                        Math.min(saved.cleanSteps(), scaling.window() - 1),
                        Math.min(saved.hysteresisLeft(), scaling.hysteresis()),
                        saved.overflowed());
    }

    /** Waits for the device and reads what the optimizer carries to the next step besides the moments. */
    public AdamProgress progress() {
        ByteBuffer slots = readStepState();
        return new AdamProgress(
                slots.getDouble(StepState.UPDATES * Double.BYTES),
                slots.getDouble(StepState.BETA1_POWER * Double.BYTES),
                slots.getDouble(StepState.BETA2_POWER * Double.BYTES),
                scaling.active()
                        ? new LossScale(
                                slots.getDouble(StepState.LOSS_SCALE * Double.BYTES),
                                slots.getDouble(StepState.CLEAN_STEPS * Double.BYTES),
                                slots.getDouble(StepState.HYSTERESIS_LEFT * Double.BYTES),
                                slots.getDouble(StepState.OVERFLOWED * Double.BYTES))
                        : LossScale.NONE);
    }

    /** That of the next step, from what was written or read last. */
    double lossScale() {
        return lossScale;
    }

    /** Waits for the device and copies the step state to the host: doubles by slot. */
    public ByteBuffer readStepState() {
        ByteBuffer slots = ByteBuffer.allocate(StepState.SLOTS * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(stepState.tensor(), slots);
        heard(slots);
        return slots;
    }

    /** The host has read these slots of the step state. */
    void heard(ByteBuffer slots) {
        lossScale = slots.getDouble(StepState.LOSS_SCALE * Double.BYTES);
    }

    /** The weights that this rank's optimizer owns, as a checkpoint names them. */
    public List<NamedTensor> weights() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Parameter parameter : parameters.all()) {
            tensors.add(named("", parameter, parameter.owned().master()));
        }
        return tensors;
    }

    /** The weights and Adam's moments that this rank's optimizer owns, as a checkpoint names them. */
    public List<NamedTensor> all() {
        List<NamedTensor> tensors = new ArrayList<>(weights());
        for (Parameter parameter : parameters.all()) {
            tensors.add(named(FIRST_MOMENT, parameter, parameter.owned().firstMoment()));
            tensors.add(named(SECOND_MOMENT, parameter, parameter.owned().secondMoment()));
        }
        return tensors;
    }

    private NamedTensor named(String prefix, Parameter parameter, Tensor tensor) {
        OwnedPart part = parameter.owned();
        boolean equalCopyIsSaved = parameters.share().isWhole() && on.mesh().dataRank() > 0;
        return new NamedTensor(
                prefix + parameter.name(),
                parameter.spec().global(),
                parameter.box(),
                Math.min(part.first(), parameter.box().elements()), // what follows is padding
                part.used(tensor),
                parameter.counts() && !equalCopyIsSaved);
    }
}

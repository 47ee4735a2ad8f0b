package io.sparktron.evaluate;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.data.TokenDataset;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Inference;
import io.sparktron.train.RankDevice;
import org.apache.hadoop.conf.Configuration;

/** What every rank runs to evaluate: its share of the samples, forward only. */
record EvaluateProgram(
        String checkpoint,
        String data,
        ModelConfig model,
        Layout layout,
        int microBatch,
        DeviceConfig device,
        HadoopSettings hadoop)
        implements RankProgram<Evaluation> {
    @Override
    public GpuUse gpus() {
        return device.kind().gpus();
    }

    @Override
    public int groupSize() {
        return layout.tensor();
    }

    @Override
    public Evaluation run(RankContext context) throws Exception {
        Configuration files = hadoop.configuration();
        TokenDataset dataset = TokenDataset.open(data, files);
        try (RankDevice opened = new RankDevice(device, layout, context);
                Inference inference = Inference.forLosses(
                        opened.execution(), Checkpoint.open(checkpoint, files), model, microBatch)) {
            return Evaluation.of(inference.evaluator().losses(dataset, dataset.samples(), files));
        }
    }
}

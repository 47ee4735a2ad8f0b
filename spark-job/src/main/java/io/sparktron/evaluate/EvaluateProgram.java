package io.sparktron.evaluate;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.data.BatchReader;
import io.sparktron.data.Positions;
import io.sparktron.data.SampleOrder;
import io.sparktron.data.TokenDataset;
import io.sparktron.kernels.Kernels;
import io.sparktron.model.GptConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.Backend;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Inference;
import org.apache.hadoop.conf.Configuration;

/** What every rank runs to evaluate: its share of the samples, forward only. */
record EvaluateProgram(
        String checkpoint,
        String data,
        GptConfig model,
        Layout layout,
        int microBatch,
        DeviceConfig device,
        HadoopSettings hadoop)
        implements RankProgram<Evaluation> {
    private static final int READ_AHEAD = 4;

    @Override
    public Evaluation run(RankContext context) throws Exception {
        Configuration files = hadoop.configuration();
        TokenDataset dataset = TokenDataset.open(data, files);
        Kernels kernels = Backend.open(device, context.ranksOnHost());
        try (var opened = kernels.device()) {
            Mesh mesh = Mesh.of(layout, context.world());
            Execution on = new Execution(kernels, opened.newQueue("compute"), mesh);
            try (Inference inference = Inference.forLosses(on, Checkpoint.open(checkpoint, files), model, microBatch);
                    BatchReader batches = new BatchReader(
                            dataset,
                            new SampleOrder(dataset.samples(), SampleWriter.ROW_GROUP_SAMPLES, 0),
                            Positions.ofOnePass(dataset.samples(), microBatch, layout.data(), mesh.dataRank()),
                            microBatch,
                            READ_AHEAD,
                            files)) {
                double loss = inference.evaluator().meanLoss(batches, dataset.samples());
                return new Evaluation(loss, dataset.samples() * model.sequence());
            }
        }
    }
}

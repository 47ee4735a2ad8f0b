package io.sparktron.quickstart;

import io.sparktron.evaluate.Evaluate;
import io.sparktron.generate.Generate;
import io.sparktron.prep.Prep;
import io.sparktron.prep.read.SampleCorpus;
import io.sparktron.pretrain.Pretrain;
import io.sparktron.pretrain.StopRule;
import io.sparktron.pretrain.StopSignals;
import io.sparktron.rank.RankLauncher;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Prepares, trains, evaluates and generates in one folder. Each stage keeps what is already complete, so a second run repeats nothing but the
 * last two.
 */
public final class Quickstart {
    private static final int STAGES = 5;

    private final QuickstartRequest request;
    private final PrintStream out;
    private final PrintStream err;
    private final long start = System.nanoTime();
    private int stage;

    /**
     * @param out results: the evaluation and the generated text
     * @param err what is going on
     */
    public Quickstart(QuickstartRequest request, PrintStream out, PrintStream err) {
        this.request = request;
        this.out = out;
        this.err = err;
    }

    /**
     * @param session a Spark session for data preparation, closed before the ranks start
     * @param limit when to stop pretraining, beside signals
     * @param ranks starts its own Spark context when it is first used
     */
    public void run(Supplier<SparkSession> session, RankLauncher ranks, Configuration hadoop, StopRule limit)
            throws IOException {
        corpus();
        say("prepare: text to a token dataset in " + request.prep().output());
        try (SparkSession spark = session.get()) {
            Prep.run(spark, request.prep(), err, err);
        }
        say("pretrain: a GPT at " + request.pretrain().layout()
                + ", each rank in its own process where the master gives it one");
        if (!pretrain(ranks, hadoop, limit)) {
            err.println("Stopped. The same command goes on from there.");
            return;
        }
        say("evaluate: the model on the validation samples, which it has not seen");
        out.println(Evaluate.run(request.evaluate(), ranks, hadoop).json());
        say("generate: what this small model makes of \"" + request.generate().prompt() + "\"");
        out.println(Generate.run(request.generate(), ranks, hadoop));
        next();
    }

    private boolean pretrain(RankLauncher ranks, Configuration hadoop, StopRule limit) throws IOException {
        try (StopSignals signals = StopSignals.listen(err::println)) {
            return Pretrain.run(request.pretrain(), ranks, hadoop, signals.or(limit), err::println);
        }
    }

    private void corpus() throws IOException {
        if (request.sampleCorpus().isPresent()) {
            Path folder = request.sampleCorpus().get();
            say("corpus: State of the Union addresses, public domain, to " + folder);
            SampleCorpus.copyTo(folder);
        } else {
            say("corpus: your text, " + String.join(", ", request.prep().input()));
        }
    }

    private void say(String what) {
        stage++;
        err.println();
        err.println("[" + stage + "/" + STAGES + ", " + (System.nanoTime() - start) / 1_000_000_000 + " s] " + what);
    }

    private void next() {
        Path folder = request.folder();
        err.println();
        err.println("Done in " + (System.nanoTime() - start) / 1_000_000_000 + " s. Everything is in "
                + folder.toAbsolutePath() + ": corpus, tokens, run.");
        err.println("Next:");
        err.println("  bin/sparktron generate --set checkpoint=" + folder.resolve("run")
                + " --set generate.prompt=\"Fellow citizens\"");
        err.println("  bin/sparktron quickstart --set run.dir=mine --set prep.input=FOLDER_OF_YOUR_TEXT");
        err.println("  bin/sparktron help pretrain");
    }
}

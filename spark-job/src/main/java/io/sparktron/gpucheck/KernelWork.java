package io.sparktron.gpucheck;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.check.Check;
import io.sparktron.kernels.check.Checker;
import io.sparktron.kernels.check.KernelChecks;
import io.sparktron.kernels.check.ModelProduct;
import io.sparktron.kernels.check.Outcome;
import io.sparktron.parallel.Execution;
import io.sparktron.rank.RankContext;
import io.sparktron.tensor.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Every kernel of a device in one type against the oracle, then the products of real models. */
record KernelWork(GpuCheckRequest request, List<ModelProduct> products, UnaryOperator<Kernels> between)
        implements DeviceProgram.Work<ArrayList<Outcome>> {
    /** After so many failures in a row nothing that follows can be trusted. */
    private static final int MOST_FAILURES = 5;

    @Override
    public ArrayList<Outcome> run(Execution on, RankContext context) {
        Kernels kernels = between.apply(on.kernels());
        Checker checker = new Checker(kernels);
        ArrayList<Outcome> outcomes = new ArrayList<>();
        int failures = 0;
        for (Check check : KernelChecks.of(on.type())) {
            if (!request.asksFor(check.kernel())) {
                continue;
            }
            outcomes.add(checker.run(check));
            context.pass();
            failures = last(outcomes).hasFailed() ? failures + 1 : 0;
            if (failures == MOST_FAILURES) {
                outcomes.add(new Outcome(
                        check.kernel(),
                        on.type(),
                        "and all that follow",
                        0,
                        "not run: the device has failed " + MOST_FAILURES + " times in a row"));
                return outcomes;
            }
        }
        Queue queue = kernels.device().newQueue("products");
        for (ModelProduct product : request.asksFor(ModelProduct.KERNEL) ? products : List.<ModelProduct>of()) {
            outcomes.add(product.check(kernels, queue, on.type()));
            context.pass();
        }
        return outcomes;
    }

    private static Outcome last(List<Outcome> outcomes) {
        return outcomes.get(outcomes.size() - 1);
    }
}

package io.sparktron.gpucheck;

import io.sparktron.kernels.check.KernelSpeeds;
import io.sparktron.kernels.check.ModelProduct;
import io.sparktron.kernels.check.Outcome;
import io.sparktron.kernels.check.Speed;
import io.sparktron.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A report as tables: what is right, what is off, how fast. */
final class Page {
    private static final List<DType> COLUMNS = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64);
    /** Problems of one kernel in one type that are shown; the JSON has all. */
    private static final int MOST_PROBLEMS = 3;

    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;

    private final GpuReport report;
    private final StringBuilder text = new StringBuilder();

    Page(GpuReport report) {
        this.report = report;
    }

    String text() {
        Map<String, Integer> models = new TreeMap<>();
        report.devices().forEach(model -> models.merge(model, 1, Integer::sum));
        models.forEach((model, count) -> line("%d x %s", count, model));
        checks();
        problems();
        if (!report.speeds().isEmpty()) {
            bandwidths();
            rates();
        }
        long off = report.outcomes().stream().filter(outcome -> !outcome.isOk()).count();
        String checks =
                String.format(Locale.ROOT, "%,d checks", report.outcomes().size());
        return text + (off == 0 ? "all " + checks + " passed" : String.format("%,d of %s are off", off, checks));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    /** A row for each kernel, a column for each type: the largest part of its bound that any check has used. */
    private void checks() {
        line("");
        line("%-34s%14s%14s%14s%14s", "worst share of the bound", "float32", "bfloat16", "float16", "float64");
        report.byKernel().forEach((kernel, types) -> {
            StringBuilder row = new StringBuilder(String.format("%-34s", kernel));
            COLUMNS.forEach(type -> row.append(String.format("%14s", cell(types.get(type)))));
            line("%s", row);
        });
    }

    private static String cell(List<Outcome> found) {
        if (found == null) {
            return "";
        }
        if (found.stream().allMatch(Outcome::isOk)) {
            return String.format(Locale.ROOT, "ok %3.0f %%", 100 * GpuReport.worst(found));
        }
        double worst = GpuReport.worst(found);
        return worst > 1 && Double.isFinite(worst) ? String.format(Locale.ROOT, "OFF %.3g x", worst) : "OFF";
    }

    private void problems() {
        report.byKernel()
                .values()
                .forEach(types -> types.values().forEach(found -> {
                    List<Outcome> off =
                            found.stream().filter(outcome -> !outcome.isOk()).toList();
                    off.stream().limit(MOST_PROBLEMS).forEach(outcome -> line("off: %s", outcome));
                    if (off.size() > MOST_PROBLEMS) {
                        line("     and %d more of this kernel and type", off.size() - MOST_PROBLEMS);
                    }
                }));
        line("");
    }

    private List<Speed> speeds(boolean products) {
        List<Speed> chosen = new ArrayList<>(report.speeds());
        chosen.removeIf(speed -> speed.operations() > 0 != products);
        return chosen;
    }

    /** Of what memory bounds, against the copy of the same type. */
    private void bandwidths() {
        Optional<Ceilings> known = Ceilings.of(report.devices().get(0));
        line("%-34s%10s%10s%12s%10s", "bound by memory", "type", "GB/s", "of a copy", "ms");
        for (Speed speed : speeds(false)) {
            double copy = report.speeds().stream()
                    .filter(other -> other.kernel().equals(KernelSpeeds.COPY) && other.type() == speed.type())
                    .mapToDouble(Speed::bandwidth)
                    .findFirst()
                    .orElse(Double.NaN);
            line(
                    "%-34s%10s%10.0f%10.0f %%%10.3f",
                    speed.kernel(),
                    name(speed.type()),
                    speed.bandwidth() / GIGA,
                    100 * speed.bandwidth() / copy,
                    1e3 * speed.seconds());
        }
        known.ifPresent(ceilings -> line(
                "the copy itself reaches %.0f %% of the %.2f TB/s that %s has",
                100 * speeds(false).get(0).bandwidth() / ceilings.bandwidth(),
                ceilings.bandwidth() / TERA,
                ceilings.model()));
        line("");
    }

    /** Of what arithmetic bounds, against what the maker says. */
    private void rates() {
        Optional<Ceilings> known = Ceilings.of(report.devices().get(0));
        line("%-74s%10s%10s%10s%10s", "bound by arithmetic", "type", "TFLOP/s", "of peak", "ms");
        for (Speed speed : speeds(true)) {
            String share = known.map(ceilings ->
                            String.format(Locale.ROOT, "%.0f %%", 100 * speed.rate() / ceilings.rate(speed.type())))
                    .orElse("");
            String what = speed.kernel().equals(ModelProduct.KERNEL)
                    ? speed.operands()
                    : speed.kernel() + " " + speed.operands();
            line(
                    "%-74s%10s%10.1f%10s%10.3f",
                    what, name(speed.type()), speed.rate() / TERA, share, 1e3 * speed.seconds());
        }
        line("");
    }

    private static String name(DType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}

package io.nocturne.inference;

import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One restorer per channel behind one {@link Restorer}. Channels may share a restorer; a channel without one isn't
 * restored. Threads as for {@link Restorer}. Closing closes every restorer handed in.
 *
 * <p>All products go through one ring, so they must have one geometry, and all windows be alike. Where the channels'
 * normalisation values have different names, they are called {@code norm0}, {@code norm1} ...
 */
public final class ChannelRestorer implements Restorer {
    private final Map<Integer, Restorer> byChannel;
    private final List<Restorer> distinct;
    private final RestorerSpec spec;

    /**
     * Puts restorers together.
     *
     * @param restorers by index of the channel in the stream, at least one
     * @throws ModelException if their products, frames or windows differ
     */
    public ChannelRestorer(Map<Integer, Restorer> restorers) throws ModelException {
        byChannel = new TreeMap<>(restorers);
        Set<Restorer> once = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct = byChannel.values().stream().filter(once::add).toList();
        if (distinct.isEmpty()) {
            throw new ModelException("No channel has a model");
        }
        RestorerSpec first = distinct.get(0).spec();
        for (Restorer restorer : distinct) {
            RestorerSpec other = restorer.spec();
            agree(first, other, "products", first.product(), other.product());
            agree(first, other, "frames", first.input(), other.input());
            agree(first, other, "windows", first.window(), other.window());
            agree(first, other, "distances of planes", first.zStepUm(), other.zStepUm());
        }
        spec = new RestorerSpec(
                perChannel(RestorerSpec::name),
                perChannel(RestorerSpec::identity),
                first.input(),
                first.product(),
                first.window(),
                normNames(),
                first.zStepUm());
    }

    private static void agree(RestorerSpec a, RestorerSpec b, String what, Object ofA, Object ofB)
            throws ModelException {
        if (!ofA.equals(ofB)) {
            throw new ModelException("Models of one stream must agree in their " + what + ": '" + a.name() + "' has "
                    + ofA + ", '" + b.name() + "' has " + ofB
                    + ". Give the channels models that agree, or leave one of them without");
        }
    }

    private interface Text {
        String of(RestorerSpec spec);
    }

    private String perChannel(Text text) {
        return byChannel.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + text.of(entry.getValue().spec()))
                .collect(Collectors.joining(" "));
    }

    private List<String> normNames() {
        List<List<String>> all = distinct.stream()
                .map(restorer -> restorer.spec().normNames())
                .distinct()
                .toList();
        if (all.size() == 1) {
            return all.get(0);
        }
        int most = all.stream().mapToInt(List::size).max().orElse(0);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            names.add("norm" + i);
        }
        return names;
    }

    @Override
    public RestorerSpec spec() {
        return spec;
    }

    @Override
    public void observe(FrameView frame, double[] norm) {
        Restorer restorer = byChannel.get(frame.channel());
        if (restorer != null) {
            restorer.observe(frame, norm);
        }
    }

    @Override
    public boolean restores(int channel) {
        Restorer restorer = byChannel.get(channel);
        return restorer != null && restorer.restores(channel);
    }

    @Override
    public RestoreLane openLane() {
        List<RestoreLane> opened = new ArrayList<>();
        try {
            distinct.forEach(restorer -> opened.add(restorer.openLane()));
        } finally {
            if (opened.size() < distinct.size()) {
                opened.forEach(RestoreLane::close);
            }
        }
        Map<Integer, RestoreLane> lanes = new TreeMap<>();
        byChannel.forEach((channel, restorer) -> lanes.put(channel, opened.get(place(restorer))));
        return new ChannelLane(lanes, opened);
    }

    private int place(Restorer wanted) {
        for (int i = 0; i < distinct.size(); i++) {
            if (distinct.get(i) == wanted) {
                return i;
            }
        }
        throw new IllegalStateException("A channel's restorer is not among the distinct ones");
    }

    @Override
    public long laneBytes() {
        return distinct.stream().mapToLong(Restorer::laneBytes).sum();
    }

    @Override
    public void close() {
        distinct.forEach(Restorer::close);
    }

    /** The lanes of all channels' restorers; the one loaded last is the one that works. */
    private static final class ChannelLane implements RestoreLane {
        private final Map<Integer, RestoreLane> byChannel;
        private final List<RestoreLane> distinct;
        private volatile RestoreLane loaded;

        ChannelLane(Map<Integer, RestoreLane> byChannel, List<RestoreLane> distinct) {
            this.byChannel = byChannel;
            this.distinct = distinct;
            loaded = distinct.get(0);
        }

        @Override
        public void load(FrameWindow window, double[] norm) {
            RestoreLane lane = byChannel.get(window.target().channel());
            if (lane == null) {
                throw new IllegalArgumentException("Channel " + window.target().channel() + " has no model");
            }
            loaded = lane;
            lane.load(window, norm);
        }

        @Override
        public void compute() throws Exception {
            loaded.compute();
        }

        @Override
        public int emit(ByteBuffer product) {
            return loaded.emit(product);
        }

        @Override
        public void cancel() {
            loaded.cancel();
        }

        @Override
        public void close() {
            distinct.forEach(RestoreLane::close);
        }
    }
}

package io.quern.sampling;
public final class Sampler {
    public Sampler(io.quern.SamplingOptions o, int n) {}
    public void accept(int[] ids) {}
    public int next(float[] logits) { int b = 0; for (int i = 1; i < logits.length; i++) if (logits[i] > logits[b]) b = i; return b; }
}

// What a transformer does between its matrix products, fused for the CPU: one pass over memory each.
//
// Built at first use by `native.py` with the machine's own C++ compiler, called through plain pointers: no torch headers, no ABI to match. Everything
// is computed in float32; T is how activations are stored (float, or bf16 as its 16 bits). Rows of 16 floats are one vector: head sizes and widths are
// multiples of 16, which the caller checks. Sums go in a fixed order, whatever the number of threads.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

typedef float v16 __attribute__((vector_size(64)));
typedef float v16u __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef uint32_t u16 __attribute__((vector_size(64)));
typedef uint16_t h16 __attribute__((vector_size(32)));
typedef uint16_t h16u __attribute__((vector_size(32), aligned(2), may_alias));
struct bf16 { uint16_t bits; };

static const int LANES = 16;
static const float NEG = -1e30f;
static const int MOST_SIZE = 1024;  // of a head; the caller checks

static inline v16 load(const float* p) { return *(const v16u*)p; }
static inline void store(float* p, v16 x) { *(v16u*)p = x; }
static inline v16 load(const bf16* p) { return (v16)(__builtin_convertvector((h16)*(const h16u*)p, u16) << 16); }
static inline void store(bf16* p, v16 x) {
  u16 w = (u16)x;
  w += 0x7fff + ((w >> 16) & 1);  // round to nearest, ties to even
  *(h16u*)p = __builtin_convertvector(w >> 16, h16);
}
static inline float get(const float* p) { return *p; }
static inline float get(const bf16* p) { uint32_t w = (uint32_t)p->bits << 16; float f; std::memcpy(&f, &w, 4); return f; }
static inline void put(float* p, float x) { *p = x; }
static inline void put(bf16* p, float x) {
  uint32_t w; std::memcpy(&w, &x, 4);
  p->bits = (uint16_t)((w + 0x7fff + ((w >> 16) & 1)) >> 16);
}
typedef float v8 __attribute__((vector_size(32)));
typedef float v4 __attribute__((vector_size(16)));
static inline float sum(v16 x) {
  v8 half[2];
  std::memcpy(half, &x, sizeof x);
  v8 a = half[0] + half[1];
  v4 quarter[2];
  std::memcpy(quarter, &a, sizeof a);
  v4 b = quarter[0] + quarter[1];
  return (b[0] + b[2]) + (b[1] + b[3]);
}
static inline v16 all(float x) { return x - (v16){}; }
static inline v16 max(v16 a, v16 b) { return a > b ? a : b; }

// exp to about 2e-7: 2^n times a polynomial on [-ln2/2, ln2/2] (the coefficients of Cephes' expf).
static inline v16 exp16(v16 x) {
  x = x > 88.0f ? all(88.0f) : x;
  v16 low = x < -87.0f ? all(-87.0f) : x;
  v16 n = low * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: rounds to the nearest integer
  i16 whole = (i16)n - 0x4b400000;
  n -= 12582912.0f;
  v16 r = low - n * 0.693359375f + n * 2.12194440e-4f;
  v16 p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  v16 out = p * (v16)((whole + 127) << 23);
  return x < -87.0f ? (v16){} : out;  // masked scores weigh exactly nothing
}

// ---- x += h; y = norm(x) ---------------------------------------------------------------------------------------------------------------------

// RMS norm (Zhang and Sennrich 2019, arXiv:1910.07467, eq. 4) of the residual stream after adding h (may be null); stream: the sum, may be x itself.
template <class T>
static void add_norm(int n, int d, const float* x, const T* h, const float* w, float eps, float* stream, T* y, float* scale, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int i = 0; i < n; i++) {
    const float* row = x + (size_t)i * d;
    float* to = stream + (size_t)i * d;
    v16 squares = {};
    for (int j = 0; j < d; j += LANES) {
      v16 v = load(row + j);
      if (h) v += load(h + (size_t)i * d + j);
      if (h || to != row) store(to + j, v);
      squares += v * v;
    }
    float s = 1.0f / std::sqrt(sum(squares) / d + eps);
    if (scale) scale[i] = s;
    for (int j = 0; j < d; j += LANES) store(y + (size_t)i * d + j, load(to + j) * s * load(w + j));
  }
}

// Sums into which the gradient of a norm's weight is divided: a fixed number, so that threads do not change the result.
static const int PARTS = 16;
static inline int part_begin(int n, int part) { return (int)((int64_t)n * part / PARTS); }
static void add_up(const std::vector<float>& parts, int n, float* out) {
  std::copy(parts.begin(), parts.begin() + n, out);
  for (int part = 1; part < PARTS; part++)
    for (int j = 0; j < n; j++) out[j] += parts[(size_t)part * n + j];
}

// dx = dstream + the norm's own gradient; dh = dx in T (null: T is float and dh is dx); dw: [d].
template <class T>
static void add_norm_back(int n, int d, const float* stream, const float* scale, const float* w, const T* dy, const float* dstream, float* dx, T* dh,
                          float* dw, int threads) {
  std::vector<float> parts((size_t)PARTS * d);
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int part = 0; part < PARTS; part++) {
    float* own = &parts[(size_t)part * d];
    for (int i = part_begin(n, part); i < part_begin(n, part + 1); i++) {
      const float* row = stream + (size_t)i * d;
      const T* g = dy + (size_t)i * d;
      v16 dots = {};
      float s = scale[i];
      for (int j = 0; j < d; j += LANES) {
        v16 gx = load(g + j) * load(row + j) * s;
        store(own + j, load(own + j) + gx);
        dots += gx * load(w + j);
      }
      float mean = sum(dots) / d;
      for (int j = 0; j < d; j += LANES) {
        v16 v = s * (load(g + j) * load(w + j) - load(row + j) * s * mean);
        if (dstream) v += load(dstream + (size_t)i * d + j);
        store(dx + (size_t)i * d + j, v);
        if (dh) store(dh + (size_t)i * d + j, v);
      }
    }
  }
  add_up(parts, d, dw);
}

// ---- y = silu(gate) * up ---------------------------------------------------------------------------------------------------------------------

// Shazeer 2020, arXiv:2002.05202, eq. 6, without the products. gu: [n, 2f], gates first.
template <class T>
static void swiglu(int n, int f, const T* gu, T* y, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int i = 0; i < n; i++)
    for (int j = 0; j < f; j += LANES) {
      v16 g = load(gu + (size_t)i * 2 * f + j), u = load(gu + (size_t)i * 2 * f + f + j);
      store(y + (size_t)i * f + j, g * u / (1.0f + exp16(-g)));
    }
}

template <class T>
static void swiglu_back(int n, int f, const T* gu, const T* dy, T* dgu, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int i = 0; i < n; i++)
    for (int j = 0; j < f; j += LANES) {
      const T* at = gu + (size_t)i * 2 * f + j;
      T* to = dgu + (size_t)i * 2 * f + j;
      v16 g = load(at), u = load(at + f), d = load(dy + (size_t)i * f + j);
      v16 s = 1.0f / (1.0f + exp16(-g));
      store(to, d * u * s * (1.0f + g * (1.0f - s)));
      store(to + f, d * g * s);
    }
}

// ---- norm and rotation of query and key heads ------------------------------------------------------------------------------------------------

// Rotary position embedding (Su et al. 2021, arXiv:2104.09864, eq. 34), first half against second half of a head.
static inline void rotate(float* x, const float* cos, const float* sin, int D, float sign) {
  int half = D / 2;
  for (int j = 0; j < half; j++) {
    float a = x[j], b = x[j + half], s = sign * sin[j];
    x[j] = a * cos[j] - b * s;
    x[j + half] = b * cos[j] + a * s;
  }
}

// One head: norm (w not null), rotation; returns the norm's scale.
template <class T>
static inline float turn_head(const T* in, const float* w, float eps, const float* cos, const float* sin, int D, float* out) {
  v16 squares = {};
  for (int j = 0; j < D; j += LANES) {
    v16 v = load(in + j);
    store(out + j, v);
    squares += v * v;
  }
  float s = 1.0f;
  if (w) {
    s = 1.0f / std::sqrt(sum(squares) / D + eps);
    for (int j = 0; j < D; j += LANES) store(out + j, load(out + j) * s * load(w + j));
  }
  rotate(out, cos, sin, D, 1.0f);
  return s;
}

// qkv [n, (hq + 2 hkv) D] to out (may be qkv itself); values are copied. scale [n, hq + hkv] is kept for the gradient where heads are normed.
template <class T>
static void turn(int n, int hq, int hkv, int D, const T* qkv, const float* qw, const float* kw, float eps, const float* cos, const float* sin,
                 const int32_t* position, T* out, float* scale, int threads) {
  int heads = hq + hkv, width = (hq + 2 * hkv) * D;
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int i = 0; i < n; i++) {
    float head[MOST_SIZE];
    const float *c = cos + (size_t)position[i] * (D / 2), *s = sin + (size_t)position[i] * (D / 2);
    for (int a = 0; a < heads; a++) {
      float k = turn_head(qkv + (size_t)i * width + a * D, a < hq ? qw : kw, eps, c, s, D, head);
      if (scale) scale[(size_t)i * heads + a] = k;
      for (int j = 0; j < D; j += LANES) store(out + (size_t)i * width + a * D + j, load(head + j));
    }
    if (out != qkv) std::memcpy(out + (size_t)i * width + heads * D, qkv + (size_t)i * width + heads * D, (size_t)hkv * D * sizeof(T));
  }
}

// In place: the gradient of out becomes that of qkv. dw: [2 D], queries' weights first; null where heads are not normed (then qkv is not read).
template <class T>
static void turn_back(int n, int hq, int hkv, int D, const T* qkv, const float* qw, const float* kw, const float* cos, const float* sin,
                      const int32_t* position, const float* scale, T* grad, float* dw, int threads) {
  int heads = hq + hkv, width = (hq + 2 * hkv) * D;
  std::vector<float> parts(dw ? (size_t)PARTS * 2 * D : 0);
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int part = 0; part < PARTS; part++) {
    float* own = dw ? &parts[(size_t)part * 2 * D] : nullptr;
    float g[MOST_SIZE];
    for (int i = part_begin(n, part); i < part_begin(n, part + 1); i++) {
      const float *c = cos + (size_t)position[i] * (D / 2), *s = sin + (size_t)position[i] * (D / 2);
      for (int a = 0; a < heads; a++) {
        T* at = grad + (size_t)i * width + a * D;
        const T* x = qkv + (size_t)i * width + a * D;
        const float* w = a < hq ? qw : kw;
        for (int j = 0; j < D; j += LANES) store(g + j, load(at + j));
        rotate(g, c, s, D, -1.0f);
        if (w) {
          float k = scale[(size_t)i * heads + a];
          float* sums = own + (a < hq ? 0 : D);
          v16 dots = {};
          for (int j = 0; j < D; j += LANES) {
            v16 gx = load(g + j) * load(x + j) * k;
            store(sums + j, load(sums + j) + gx);
            dots += gx * load(w + j);
          }
          float mean = sum(dots) / D;
          for (int j = 0; j < D; j += LANES) store(g + j, k * (load(g + j) * load(w + j) - load(x + j) * k * mean));
        }
        for (int j = 0; j < D; j += LANES) store(at + j, load(g + j));
      }
    }
  }
  if (dw) add_up(parts, 2 * D, dw);
}

// ---- attention within trees of packed tokens -------------------------------------------------------------------------------------------------

// Tokens are packed [n, (hq + 2 hkv) D]. A segment (a prompt, or a response that continues one) is a run of tokens; a tree is a prompt's segment
// followed by its responses' segments. A token sees its prompt and what came before it in its own segment. Softmax attention by blocks of keys
// (Dao et al. 2022, arXiv:2205.14135, algorithm 1); a vector holds 16 queries, so that nothing is ever summed across one.
struct Segment { int32_t start, length, prefix, before; };  // first token, tokens, first token of the prompt, tokens of it seen (0: none)

static const int KEYS = 32;

template <class T>
struct Packed {
  int hq, hkv, D;
  const T* qkv;
  size_t width() const { return (size_t)(hq + 2 * hkv) * D; }
  const T* query(size_t token, int head) const { return qkv + token * width() + (size_t)head * D; }
  const T* key(size_t token, int head) const { return qkv + token * width() + (size_t)(hq + head) * D; }
  const T* value(size_t token, int head) const { return qkv + token * width() + (size_t)(hq + hkv + head) * D; }
};

static inline int token_of(const Segment& s, int k) { return k < s.before ? s.prefix + k : s.start + k - s.before; }

#ifdef __clang__
#define SHUFFLED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLED(a, b, ...) __builtin_shuffle(a, b, (i16){__VA_ARGS__})
#endif

// Exchanges, S apart, the odd lanes of a with the even ones of b.
template <int S, int... L>
static inline void exchange(v16& a, v16& b, std::integer_sequence<int, L...>) {
  v16 low = SHUFFLED(a, b, (L & S ? LANES + L - S : L)...);
  b = SHUFFLED(a, b, (L & S ? LANES + L : L + S)...);
  a = low;
}

// 16 x 16 numbers turned about their diagonal.
template <int S = LANES / 2>
static inline void transpose(v16* x) {
  for (int i = 0; i < LANES; i++)
    if (!(i & S)) exchange<S>(x[i], x[i + S], std::make_integer_sequence<int, LANES>());
  if constexpr (S > 1) transpose<S / 2>(x);
}

// Rows of `count` tokens turned so that element d of all of them is one vector; missing rows are zero.
template <class T>
static inline void gather(const T* first, size_t stride, int count, int D, float factor, v16* out) {
  for (int d = 0; d < D; d += LANES) {
    v16 x[LANES];
    for (int q = 0; q < LANES; q++) x[q] = q < count ? load(first + q * stride + d) * factor : (v16){};
    transpose(x);
    for (int i = 0; i < LANES; i++) out[d + i] = x[i];
  }
}

// The other way; vectors are multiplied by `factor`, a number a token.
template <class T>
static inline void scatter(const v16* turned, v16 factor, int count, int D, T* first, size_t stride) {
  for (int d = 0; d < D; d += LANES) {
    v16 x[LANES];
    for (int i = 0; i < LANES; i++) x[i] = turned[d + i] * factor;
    transpose(x);
    for (int q = 0; q < count; q++) store(first + q * stride + d, x[q]);
  }
}

// scores[k] = for 16 queries the products with key k. `count` is a multiple of 4.
static inline void products(const float* rows, int count, int D, const v16* turned, v16* scores) {
  for (int k = 0; k < count; k += 4) {
    const float* r = rows + (size_t)k * D;
    v16 a = {}, b = {}, c = {}, e = {}, f = {}, g = {}, h = {}, i = {};
    for (int d = 0; d < D; d += 2) {
      v16 q = turned[d], p = turned[d + 1];
      a += q * r[d];
      b += q * r[D + d];
      c += q * r[2 * D + d];
      e += q * r[3 * D + d];
      f += p * r[d + 1];
      g += p * r[D + d + 1];
      h += p * r[2 * D + d + 1];
      i += p * r[3 * D + d + 1];
    }
    scores[k] = a + f, scores[k + 1] = b + g, scores[k + 2] = c + h, scores[k + 3] = e + i;
  }
}

// turned[d] += sum over k of weights[k] rows[k][d]; sixteen sums stay in registers.
static inline void accumulate(const float* rows, int count, int D, const v16* weights, v16* turned) {
  for (int d = 0; d < D; d += LANES) {
    v16 sums[LANES];
    for (int i = 0; i < LANES; i++) sums[i] = turned[d + i];
    for (int k = 0; k < count; k++)
      for (int i = 0; i < LANES; i++) sums[i] += weights[k] * rows[(size_t)k * D + d + i];
    for (int i = 0; i < LANES; i++) turned[d + i] = sums[i];
  }
}

// into[k][d...] += sum over queries of weights[k][q] rows[q][d...] for N keys and WIDE vectors: eight sums side by side keep the processor busy.
template <int N, int WIDE>
static inline void outer(const v16* weights, int D, const float* rows, float* const* into, int d) {
  v16 sums[N][WIDE];
  for (int k = 0; k < N; k++)
    for (int i = 0; i < WIDE; i++) sums[k][i] = load(into[k] + d + i * LANES);
  for (int q = 0; q < LANES; q++)
    for (int k = 0; k < N; k++)
      for (int i = 0; i < WIDE; i++) sums[k][i] += load(rows + (size_t)q * D + d + i * LANES) * ((const float*)&weights[k])[q];
  for (int k = 0; k < N; k++)
    for (int i = 0; i < WIDE; i++) store(into[k] + d + i * LANES, sums[k][i]);
}

// into[k][:] += sum over queries of weights[k][q] rows[q][:], for as many keys as there are.
static inline void outers(const v16* weights, int count, int D, const float* rows, float* const* into) {
  int k = 0;
  for (; k + 3 < count; k += 4) {
    int d = 0;
    for (; d + LANES < D; d += 2 * LANES) outer<4, 2>(weights + k, D, rows, into + k, d);
    if (d < D) outer<4, 1>(weights + k, D, rows, into + k, d);
  }
  for (; k < count; k++)
    for (int d = 0; d < D; d += LANES) outer<1, 1>(weights + k, D, rows, into + k, d);
}

struct Scratch {
  std::vector<v16> queries, outs, grads, dqueries;
  std::vector<float> keys, values, query_rows, grad_rows;
  v16 scores[KEYS], grads_of[KEYS];
  explicit Scratch(int D) : queries(D), outs(D), grads(D), dqueries(D), query_rows((size_t)LANES * D), grad_rows((size_t)LANES * D) {}
};

static const i16 LANE = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static inline int padded(int count) { return (count + 3) / 4 * 4; }

// Copies the keys and values that a segment's queries see side by side: where they lie packed, a row of all heads apart, each would push the others out of
// the first cache. Zeros make a multiple of 4.
template <class T>
static void fetch(const Packed<T>& p, const Segment& s, int head, Scratch& w) {
  int count = s.before + s.length, D = p.D;
  w.keys.resize((size_t)padded(count) * D);
  w.values.resize((size_t)padded(count) * D);
  for (int k = 0; k < padded(count); k++)
    for (int d = 0; d < D; d += LANES) {
      size_t t = token_of(s, std::min(k, count - 1));
      store(&w.keys[(size_t)k * D + d], k < count ? load(p.key(t, head) + d) : (v16){});
      store(&w.values[(size_t)k * D + d], k < count ? load(p.value(t, head) + d) : (v16){});
    }
}

// Keys that come after a query weigh nothing. Query q of the tile is number `first + q` of the segment.
static inline void mask(v16* scores, int from, int count, int before, int first) {
  for (int k = 0; k < padded(count); k++) {
    int own = from + k - before;
    if (k >= count) scores[k] = all(NEG);
    else if (own > first) scores[k] = LANE + first >= own ? scores[k] : all(NEG);
  }
}

template <class T>
static void attend_tile(const Packed<T>& p, const Segment& s, int head, int first, T* out, float* lse, Scratch& w) {
  int D = p.D, count = std::min(LANES, s.length - first), seen = s.before + first + count;
  gather(p.query(s.start + first, head), p.width(), count, D, 1.0f / std::sqrt((float)D), w.queries.data());
  v16 top = all(NEG), total = {};
  for (int d = 0; d < D; d++) w.outs[d] = (v16){};
  for (int from = 0; from < seen; from += KEYS) {
    int here = std::min(KEYS, seen - from), wide = padded(here);
    products(&w.keys[(size_t)from * D], wide, D, w.queries.data(), w.scores);
    mask(w.scores, from, here, s.before, first);
    v16 now = top;
    for (int k = 0; k < wide; k++) now = max(now, w.scores[k]);
    v16 shrink = exp16(top - now);
    total *= shrink;
    for (int k = 0; k < wide; k++) {
      w.scores[k] = exp16(w.scores[k] - now);
      total += w.scores[k];
    }
    if (from)
      for (int d = 0; d < D; d++) w.outs[d] *= shrink;
    accumulate(&w.values[(size_t)from * D], wide, D, w.scores, w.outs.data());
    top = now;
  }
  size_t token = s.start + first;
  scatter(w.outs.data(), 1.0f / total, count, D, out + (token * p.hq + head) * D, (size_t)p.hq * D);
  for (int q = 0; lse && q < count; q++) lse[(token + q) * p.hq + head] = top[q] + std::log(total[q]);
}

template <class T>
static void attend(int hq, int hkv, int D, const T* qkv, int segments, const Segment* segment, T* out, float* lse, int threads) {
  Packed<T> p = {hq, hkv, D, qkv};
  int repeat = hq / hkv;
#pragma omp parallel num_threads(threads)
  {
    Scratch w(D);
#pragma omp for schedule(dynamic, 1)
    for (int unit = 0; unit < segments * hkv; unit++) {
      const Segment& s = segment[unit / hkv];
      int kv = unit % hkv;
      fetch(p, s, kv, w);
      for (int head = kv * repeat; head < (kv + 1) * repeat; head++)
        for (int first = 0; first < s.length; first += LANES) attend_tile(p, s, head, first, out, lse, w);
    }
  }
}

template <class T>
static void attend_back_tile(const Packed<T>& p, const Segment& s, int head, int first, const T* out, const float* lse, const T* dout, T* dqkv,
                             float* dkeys, float* dvalues, int tree, Scratch& w) {
  int D = p.D, count = std::min(LANES, s.length - first), seen = s.before + first + count;
  float factor = 1.0f / std::sqrt((float)D);
  size_t token = s.start + first, wide = (size_t)p.hq * D;
  gather(p.query(token, head), p.width(), count, D, factor, w.queries.data());
  gather(dout + token * wide + (size_t)head * D, wide, count, D, 1.0f, w.grads.data());
  v16 delta = {}, norm = all(-NEG);  // a missing query has weight exp(s - huge) = 0
  for (int q = 0; q < LANES; q++) {
    v16 dots = {};
    for (int d = 0; d < D; d += LANES) {
      v16 g = {}, x = {};
      if (q < count) {
        g = load(dout + (token + q) * wide + (size_t)head * D + d);
        x = load(p.query(token + q, head) + d) * factor;
        dots += g * load(out + (token + q) * wide + (size_t)head * D + d);
      }
      store(&w.grad_rows[(size_t)q * D + d], g);
      store(&w.query_rows[(size_t)q * D + d], x);
    }
    delta[q] = sum(dots);
    if (q < count) norm[q] = lse[(token + q) * p.hq + head];
  }
  for (int d = 0; d < D; d++) w.dqueries[d] = (v16){};
  for (int from = 0; from < seen; from += KEYS) {
    int here = std::min(KEYS, seen - from), wide = padded(here);
    const float* keys = &w.keys[(size_t)from * D];
    float *key_rows[KEYS], *value_rows[KEYS];
    for (int k = 0; k < here; k++) {
      size_t at = (size_t)(token_of(s, from + k) - tree) * D;
      key_rows[k] = dkeys + at;
      value_rows[k] = dvalues + at;
    }
    products(keys, wide, D, w.queries.data(), w.scores);
    products(&w.values[(size_t)from * D], wide, D, w.grads.data(), w.grads_of);
    mask(w.scores, from, here, s.before, first);
    for (int k = 0; k < wide; k++) {
      w.scores[k] = exp16(w.scores[k] - norm);
      w.grads_of[k] = w.scores[k] * (w.grads_of[k] - delta);
    }
    outers(w.scores, here, D, w.grad_rows.data(), value_rows);
    outers(w.grads_of, here, D, w.query_rows.data(), key_rows);
    accumulate(keys, wide, D, w.grads_of, w.dqueries.data());
  }
  scatter(w.dqueries.data(), all(factor), count, D, dqkv + token * p.width() + (size_t)head * D, p.width());
}

// trees: the first segment of each tree, and one past the last. All of a tree's queries that read one key head are one unit of work: no races.
template <class T>
static void attend_back(int hq, int hkv, int D, const T* qkv, int trees, const int32_t* tree, const Segment* segment, const T* out, const float* lse,
                        const T* dout, T* dqkv, int threads) {
  Packed<T> p = {hq, hkv, D, qkv};
  int repeat = hq / hkv;
#pragma omp parallel num_threads(threads)
  {
    Scratch w(D);
    std::vector<float> sums;
#pragma omp for schedule(dynamic, 1)
    for (int unit = 0; unit < trees * hkv; unit++) {
      int kv = unit % hkv, from = tree[unit / hkv], to = tree[unit / hkv + 1];
      int begin = segment[from].start, tokens = segment[to - 1].start + segment[to - 1].length - begin;
      sums.assign((size_t)2 * tokens * D, 0.0f);
      float *dkeys = sums.data(), *dvalues = dkeys + (size_t)tokens * D;
      for (int i = from; i < to; i++) {
        fetch(p, segment[i], kv, w);
        for (int head = kv * repeat; head < (kv + 1) * repeat; head++)
          for (int first = 0; first < segment[i].length; first += LANES)
            attend_back_tile(p, segment[i], head, first, out, lse, dout, dqkv, dkeys, dvalues, begin, w);
      }
      for (int t = 0; t < tokens; t++)
        for (int d = 0; d < D; d += LANES) {
          store((T*)p.key(begin + t, kv) - qkv + dqkv + d, load(dkeys + (size_t)t * D + d));
          store((T*)p.value(begin + t, kv) - qkv + dqkv + d, load(dvalues + (size_t)t * D + d));
        }
    }
  }
}

// ---- one token a row, over pages of keys and values ------------------------------------------------------------------------------------------

// A page holds 16 tokens: keys turned [hkv, D, 16] so that a vector is one element of 16 keys, values [hkv, 16, D]. Row r has read length[r] tokens,
// in the pages table[r]; rows that continue one prompt name the same pages (paged attention: Kwon et al. 2023, arXiv:2309.06180, section 4.1).
template <class T>
struct Pages {
  int hkv, D;
  T *keys, *values;
  size_t size() const { return (size_t)hkv * D * LANES; }
  void write(int32_t page, int slot, int head, const float* key, const float* value) const {
    T* k = keys + page * size() + (size_t)head * D * LANES + slot;
    T* v = values + page * size() + ((size_t)head * LANES + slot) * D;
    for (int d = 0; d < D; d++) put(k + (size_t)d * LANES, key[d]);
    for (int d = 0; d < D; d += LANES) store(v + d, load(value + d));
  }
};

// HEADS query heads that read one key head, side by side, against n tokens: out [HEADS, D]. WIDTH is D where it is known when compiling, so that sums stay in
// registers, else 0. queries: [HEADS, D]. scores: room for all pages of each head.
template <class T, int WIDTH, int HEADS>
static inline void attend_pages(const Pages<T>& pages, const int32_t* page, int n, int head, const float* queries, float* scores, T* out) {
  const int D = WIDTH ? WIDTH : pages.D, used = (n + LANES - 1) / LANES, wide = WIDTH ? WIDTH / LANES : 1, room = used * LANES;
  const int CHAINS = HEADS == 1 ? 2 : 1;  // sums that run side by side for each vector of values
  const float factor = 1.0f / std::sqrt((float)D);
  const T* values = pages.values + page[0] * pages.size() + (size_t)head * D * LANES;
  v16 top[HEADS];
  for (int a = 0; a < HEADS; a++) top[a] = all(NEG);
  for (int j = 0; j < used; j++) {
    const T* k = pages.keys + page[j] * pages.size() + (size_t)head * D * LANES;
    // The processor fetches ahead within 4 KiB; the next page is elsewhere, and the values come after the last.
    const T* next = j + 1 < used ? pages.keys + page[j + 1] * pages.size() + (size_t)head * D * LANES : values;
    v16 dots[HEADS][4] = {};
    for (int d = 0; d < D; d += 4)
      for (int e = 0; e < 4; e++) {
        __builtin_prefetch(next + (size_t)(d + e) * LANES);
        v16 keys = load(k + (size_t)(d + e) * LANES);
        for (int a = 0; a < HEADS; a++) dots[a][e] += keys * queries[a * D + d + e];
      }
    for (int a = 0; a < HEADS; a++) {
      v16 x = (dots[a][0] + dots[a][1] + (dots[a][2] + dots[a][3])) * factor;
      if (j == used - 1) x = LANE + j * LANES < n ? x : all(NEG);
      store(scores + a * room + j * LANES, x);
      top[a] = max(top[a], x);
    }
  }
  float share[HEADS];
  for (int a = 0; a < HEADS; a++) {
    float peak = NEG, *own = scores + a * room;
    for (int i = 0; i < LANES; i++) peak = top[a][i] > peak ? top[a][i] : peak;
    v16 total = {};
    for (int j = 0; j < used; j++) {
      v16 x = exp16(load(own + j * LANES) - peak);
      store(own + j * LANES, x);
      total += x;
    }
    share[a] = 1.0f / sum(total);
  }
  for (int from = 0; from < D; from += wide * LANES) {
    v16 mixed[HEADS][CHAINS][wide];
    for (int a = 0; a < HEADS; a++)
      for (int c = 0; c < CHAINS; c++)
        for (int i = 0; i < wide; i++) mixed[a][c][i] = (v16){};
    for (int j = 0; j < used; j++) {
      const T* v = pages.values + page[j] * pages.size() + (size_t)head * D * LANES + from;
      const T* next = pages.values + page[std::min(j + 1, used - 1)] * pages.size() + (size_t)head * D * LANES + from;
      for (int line = 0; line < wide * LANES; line++) __builtin_prefetch(next + (size_t)line * LANES);
      int here = std::min(LANES, n - j * LANES);
      auto add = [&](int t, int c) {
        for (int i = 0; i < wide; i++) {
          v16 x = load(v + (size_t)t * D + i * LANES);
          for (int a = 0; a < HEADS; a++) mixed[a][c][i] += x * scores[a * room + j * LANES + t];
        }
      };
      int t = 0;
      for (; t + CHAINS <= here; t += CHAINS)
        for (int c = 0; c < CHAINS; c++) add(t + c, c);
      if (t < here) add(t, 0);
    }
    for (int a = 0; a < HEADS; a++)
      for (int i = 0; i < wide; i++) {
        v16 x = mixed[a][0][i];
        if (CHAINS > 1) x += mixed[a][CHAINS - 1][i];
        store(out + (size_t)a * D + from + i * LANES, x * share[a]);
      }
  }
}

// qkv holds heads before norm and rotation. Writes this token's key and value, attends, gives out [rows, hq D].
template <class T, int WIDTH>
static void step_wide(int rows, int hq, int hkv, int D, const T* qkv, const float* qw, const float* kw, float eps, const float* cos, const float* sin,
                      const int32_t* length, const int32_t* table, int stride, T* keys, T* values, T* out, int threads) {
  Pages<T> pages = {hkv, D, keys, values};
  int repeat = hq / hkv;
  size_t width = (size_t)(hq + 2 * hkv) * D;
#pragma omp parallel num_threads(threads)
  {
    std::vector<float> scores((size_t)2 * stride * LANES), queries((size_t)2 * D), key((size_t)D), value((size_t)D);
#pragma omp for schedule(dynamic, 4)
    for (int r = 0; r < rows; r++) {
      const int32_t* page = table + (size_t)r * stride;
      const float *c = cos + (size_t)length[r] * (D / 2), *s = sin + (size_t)length[r] * (D / 2);
      const T* row = qkv + r * width;
      for (int h = 0; h < hkv; h++) {
        turn_head(row + (size_t)(hq + h) * D, kw, eps, c, s, D, key.data());
        for (int d = 0; d < D; d += LANES) store(&value[d], load(row + (size_t)(hq + hkv + h) * D + d));
        pages.write(page[length[r] / LANES], length[r] % LANES, h, key.data(), value.data());
        for (int a = h * repeat, left = repeat; left > 0; a += 2, left -= 2) {
          for (int i = 0; i < std::min(2, left); i++) turn_head(row + (size_t)(a + i) * D, qw, eps, c, s, D, &queries[(size_t)i * D]);
          auto attend = left > 1 ? attend_pages<T, WIDTH, 2> : attend_pages<T, WIDTH, 1>;
          attend(pages, page, length[r] + 1, h, queries.data(), scores.data(), out + ((size_t)r * hq + a) * D);
        }
      }
    }
  }
}

template <class T>
static void step(int rows, int hq, int hkv, int D, const T* qkv, const float* qw, const float* kw, float eps, const float* cos, const float* sin,
                 const int32_t* length, const int32_t* table, int stride, T* keys, T* values, T* out, int threads) {
  auto run = D == 32 ? step_wide<T, 32> : D == 64 ? step_wide<T, 64> : D == 128 ? step_wide<T, 128> : step_wide<T, 0>;
  run(rows, hq, hkv, D, qkv, qw, kw, eps, cos, sin, length, table, stride, keys, values, out, threads);
}

// Prompts' keys and values (after norm and rotation) from packed tokens into pages: token n of the pack goes to place[n] = 16 page + slot.
template <class T>
static void fill(int n, int hq, int hkv, int D, const T* qkv, const int64_t* place, T* keys, T* values, int threads) {
  Packed<T> p = {hq, hkv, D, qkv};
  Pages<T> pages = {hkv, D, keys, values};
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int i = 0; i < n; i++) {
    float key[MOST_SIZE], value[MOST_SIZE];
    if (place[i] < 0) continue;
    for (int h = 0; h < hkv; h++) {
      for (int d = 0; d < D; d += LANES) {
        store(key + d, load(p.key(i, h) + d));
        store(value + d, load(p.value(i, h) + d));
      }
      pages.write((int32_t)(place[i] / LANES), (int)(place[i] % LANES), h, key, value);
    }
  }
}

// ---- log-probabilities of drawn tokens -------------------------------------------------------------------------------------------------------

// A row of v numbers as vectors; what is missing from the last counts as nothing.
template <class T>
static inline v16 scaled(const T* row, int v, int j, float scale) {
  if (j + LANES <= v) return load(row + j) * scale;
  v16 x = all(NEG);
  for (int i = 0; j + i < v; i++) x[i] = get(row + j + i) * scale;
  return x;
}

// out[i] = z[target] - log sum exp z with z = scale * logits[i]. norms [n, 2]: the largest z, and the logarithm of the sum of exp(z - it), kept apart so that
// large logits cost no digits.
template <class T>
static void drawn(int n, int v, const T* logits, const int64_t* target, float scale, float* out, float* norms, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int i = 0; i < n; i++) {
    const T* row = logits + (size_t)i * v;
    v16 tops = all(NEG), total = {};
    for (int j = 0; j < v; j += LANES) tops = max(tops, scaled(row, v, j, scale));
    float top = NEG;
    for (int l = 0; l < LANES; l++) top = tops[l] > top ? tops[l] : top;
    for (int j = 0; j < v; j += LANES) total += exp16(scaled(row, v, j, scale) - top);
    norms[2 * i] = top, norms[2 * i + 1] = std::log(sum(total));
    out[i] = get(row + target[i]) * scale - top - norms[2 * i + 1];
  }
}

// d out[i] / d logits[i][j] = scale (1 where j is the target - p_j), times what comes from above.
template <class T>
static void drawn_back(int n, int v, const T* logits, const int64_t* target, float scale, const float* norms, const float* dout, T* dlogits, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int i = 0; i < n; i++) {
    const T* row = logits + (size_t)i * v;
    T* to = dlogits + (size_t)i * v;
    float g = dout[i] * scale;
    for (int j = 0; j < v; j += LANES) {
      v16 d = exp16(scaled(row, v, j, scale) - norms[2 * i] - norms[2 * i + 1]) * -g;
      if (target[i] >= j && target[i] < j + LANES) d[target[i] - j] += g;
      if (j + LANES <= v) store(to + j, d);
      else for (int l = 0; j + l < v; l++) put(to + j + l, d[l]);
    }
  }
}

// ---- one token a row -------------------------------------------------------------------------------------------------------------------------

static const int STRETCH = 1024;  // logits whose probabilities are summed before the sums are

typedef double d16 __attribute__((vector_size(128)));

// token[i]: the first at which the sum of exp z exceeds uniform[i] of the whole, z = scale * logits[i]; and its log-probability. Sums are float64; a token of
// probability zero is never the first. A row that holds NaN or +inf, or nothing but -inf, gets NaN.
template <class T>
static void draw(int n, int v, const T* logits, float scale, const double* uniform, int64_t* token, float* logprob, int threads) {
#pragma omp parallel num_threads(threads)
  {
    std::vector<double> sums((size_t)(v + STRETCH - 1) / STRETCH);
#pragma omp for schedule(static)
    for (int i = 0; i < n; i++) {
      const T* row = logits + (size_t)i * v;
      v16 tops = all(NEG);
      i16 numbers = LANE >= 0;
      for (int j = 0; j < v; j += LANES) {
        v16 z = scaled(row, v, j, scale);
        tops = max(tops, z);
        numbers &= z <= all(3.4028235e38f);
      }
      float top = NEG;
      bool good = true;
      for (int l = 0; l < LANES; l++) top = tops[l] > top ? tops[l] : top, good = good && numbers[l];
      double total = 0;
      for (size_t s = 0; s < sums.size(); s++) {
        d16 lanes = {};
        for (int j = s * STRETCH; j < std::min(v, (int)(s + 1) * STRETCH); j += LANES) lanes += __builtin_convertvector(exp16(scaled(row, v, j, scale) - top), d16);
        sums[s] = 0;
        for (int l = 0; l < LANES; l++) sums[s] += lanes[l];
        total += sums[s];
      }
      token[i] = 0, logprob[i] = std::nanf("");
      if (!good || top == NEG) continue;
      double reached = 0, target = std::min(uniform[i] * total, std::nextafter(total, 0.0));
      size_t s = 0;
      while (reached + sums[s] <= target) reached += sums[s++];
      bool found = false;
      for (int j = s * STRETCH; !found && j < std::min(v, (int)(s + 1) * STRETCH); j += LANES) {
        v16 p = exp16(scaled(row, v, j, scale) - top);
        for (int l = 0; !found && l < LANES; l++)
          if (p[l] > 0) reached += p[l], token[i] = j + l, found = reached > target;  // or the stretch's last, where its sum was rounded up
      }
      logprob[i] = (float)(get(row + token[i]) * scale - top - std::log(total));
    }
  }
}

#define EXPORT extern "C" __attribute__((visibility("default")))
#define BOTH(T, NAME)                                                                                                                               \
  EXPORT void add_norm_##NAME(int n, int d, const float* x, const T* h, const float* w, float eps, float* stream, T* y, float* scale, int threads) { \
    add_norm(n, d, x, h, w, eps, stream, y, scale, threads);                                                                                        \
  }                                                                                                                                                 \
  EXPORT void add_norm_back_##NAME(int n, int d, const float* stream, const float* scale, const float* w, const T* dy, const float* dstream,        \
                                   float* dx, T* dh, float* dw, int threads) {                                                                      \
    add_norm_back(n, d, stream, scale, w, dy, dstream, dx, dh, dw, threads);                                                                        \
  }                                                                                                                                                 \
  EXPORT void swiglu_##NAME(int n, int f, const T* gu, T* y, int threads) { swiglu(n, f, gu, y, threads); }                                         \
  EXPORT void swiglu_back_##NAME(int n, int f, const T* gu, const T* dy, T* dgu, int threads) { swiglu_back(n, f, gu, dy, dgu, threads); }          \
  EXPORT void turn_##NAME(int n, int hq, int hkv, int D, const T* qkv, const float* qw, const float* kw, float eps, const float* cos,               \
                          const float* sin, const int32_t* position, T* out, float* scale, int threads) {                                           \
    turn(n, hq, hkv, D, qkv, qw, kw, eps, cos, sin, position, out, scale, threads);                                                                 \
  }                                                                                                                                                 \
  EXPORT void turn_back_##NAME(int n, int hq, int hkv, int D, const T* qkv, const float* qw, const float* kw, const float* cos, const float* sin,   \
                               const int32_t* position, const float* scale, T* grad, float* dw, int threads) {                                      \
    turn_back(n, hq, hkv, D, qkv, qw, kw, cos, sin, position, scale, grad, dw, threads);                                                            \
  }                                                                                                                                                 \
  EXPORT void attend_##NAME(int hq, int hkv, int D, const T* qkv, int segments, const Segment* segment, T* out, float* lse, int threads) {          \
    attend(hq, hkv, D, qkv, segments, segment, out, lse, threads);                                                                                  \
  }                                                                                                                                                 \
  EXPORT void attend_back_##NAME(int hq, int hkv, int D, const T* qkv, int trees, const int32_t* tree, const Segment* segment, const T* out,        \
                                 const float* lse, const T* dout, T* dqkv, int threads) {                                                           \
    attend_back(hq, hkv, D, qkv, trees, tree, segment, out, lse, dout, dqkv, threads);                                                              \
  }                                                                                                                                                 \
  EXPORT void step_##NAME(int rows, int hq, int hkv, int D, const T* qkv, const float* qw, const float* kw, float eps, const float* cos,            \
                          const float* sin, const int32_t* length, const int32_t* table, int stride, T* keys, T* values, T* out, int threads) {     \
    step(rows, hq, hkv, D, qkv, qw, kw, eps, cos, sin, length, table, stride, keys, values, out, threads);                                          \
  }                                                                                                                                                 \
  EXPORT void fill_##NAME(int n, int hq, int hkv, int D, const T* qkv, const int64_t* place, T* keys, T* values, int threads) {                     \
    fill(n, hq, hkv, D, qkv, place, keys, values, threads);                                                                                         \
  }                                                                                                                                                 \
  EXPORT void drawn_##NAME(int n, int v, const T* logits, const int64_t* target, float scale, float* out, float* norms, int threads) {                \
    drawn(n, v, logits, target, scale, out, norms, threads);                                                                                          \
  }                                                                                                                                                 \
  EXPORT void drawn_back_##NAME(int n, int v, const T* logits, const int64_t* target, float scale, const float* norms, const float* dout, T* dlogits, \
                                int threads) {                                                                                                      \
    drawn_back(n, v, logits, target, scale, norms, dout, dlogits, threads);                                                                           \
  }                                                                                                                                                 \
  EXPORT void draw_##NAME(int n, int v, const T* logits, float scale, const double* uniform, int64_t* token, float* logprob, int threads) {         \
    draw(n, v, logits, scale, uniform, token, logprob, threads);                                                                                    \
  }

BOTH(float, float32)
BOTH(bf16, bfloat16)

// Matrix products of float32 on the processor's bfloat16 matrix unit (Intel AMX), at float32's accuracy or better.
//
// A float is the sum of three bfloat16 exactly: x = h + m + l, with 8 of its 24 bits each. So a b = hh + (hm + mh) + (hl + mm + lh), and what is left out is
// below 2^-24 of it (Henry, Tang and Heinecke 2019, arXiv:1904.06376, section III). The unit multiplies exactly and adds in float32. Of every 128
// numbers of depth the small terms are summed first, apart from the large one, so that they cost no rounding at its size. Six products at sixteen times the rate of
// float32's vectors.
//
// A number of the result depends on its row of A, its column of B and the depth alone: not on how many rows or columns there are, and not on threads.
// Infinities become NaN, and what is below 2^-110 may count as zero.
#include <algorithm>
#include <cstdint>

#define EXPORT extern "C" __attribute__((visibility("default")))

#if defined(__AMX_BF16__) && defined(__AVX512BW__) && defined(__linux__)
#include <cstdlib>
#include <immintrin.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// A tile is 16 x 16 words of 32 bits, a word two neighbours in depth. A's tiles: a row of A a row. B's: a column of B a column. A strip is 32 rows of A, or
// 32 columns of B; a step of depth of a strip is 32 numbers of each: its first 16 rows' h, m and l, a tile each, then the other 16's.
static const int EDGE = 16, SIDE = 2 * EDGE, DEPTH = 32, WORDS = EDGE * EDGE, HALF = 3 * WORDS, STEP = 2 * HALF;
static const int PART = 4;        // steps multiplied before the sums leave the tiles: 24 KiB of B's strip, which stays in the first cache
static const int CHUNK = 16;      // steps of depth of which rows are held at a time, for all columns
static const int HELD = 1 << 18;  // words of A's tiles that a thread holds: 1 MiB, half of its cache
static const int LARGE = 1 << 17; // numbers of a result from which an update's are stored past the caches (a sampler's next operation reads them at once)
static const int LINE = 16;       // words of a cache line
static const int AHEAD = 8;       // steps of a strip of B that are on their way: memory answers after half of them
static inline int strips(int n) { return (n + SIDE - 1) / SIDE; }
static inline int steps(int k) { return (k + DEPTH - 1) / DEPTH; }

// ---- floats into tiles -----------------------------------------------------------------------------------------------------------------------

// The next part of x, in the upper halves of words; x is left with the rest, exactly. The first is rounded, so that the rest has either sign.
static inline __m512i part(__m512& x, bool nearest) {
  __m512i w = _mm512_castps_si512(x);
  if (nearest) w = _mm512_add_epi32(w, _mm512_set1_epi32(0x8000));
  w = _mm512_and_si512(w, _mm512_set1_epi32((int)0xffff0000));
  x = _mm512_sub_ps(x, _mm512_castsi512_ps(w));
  return w;
}

// Numbers of even and of odd depth into one row of each of three tiles.
static inline void split(__m512 even, __m512 odd, uint32_t* out) {
  for (int p = 0; p < 3; p++) {
    __m512i low = part(even, p == 0), high = part(odd, p == 0);
    _mm512_storeu_si512(out + p * WORDS, _mm512_or_si512(_mm512_srli_epi32(low, 16), high));
  }
}

static inline void transpose(uint32_t* tile) {
  __m512i r[EDGE], t[EDGE];
  for (int i = 0; i < EDGE; i++) r[i] = _mm512_loadu_si512(tile + i * EDGE);
  for (int i = 0; i < EDGE; i += 2) t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]), t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  for (int i = 0; i < EDGE; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]), r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]), r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  for (int half = 0; half < EDGE; half += 8)
    for (int i = half; i < half + 4; i++)
      t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88), t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
  for (int i = 0; i < 8; i++) r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88), r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
  for (int i = 0; i < EDGE; i++) _mm512_storeu_si512(tile + i * EDGE, r[i]);
}

// Where a matrix lies: number (o, k), k being the depth, at o * stride + k, or at k * stride + o where it is `deep`.
struct Matrix { const float* at; int outer, depth, stride; bool deep; };

// The step of depth from k of 16 rows of A, or with COLUMNS columns of B, from o. Zero beyond the edge.
template <bool COLUMNS>
static inline void fill(const Matrix& x, int o, int k, uint32_t* out) {
  int outer = std::clamp(x.outer - o, 0, EDGE), depth = std::min(DEPTH, x.depth - k);
  const __m512 none = _mm512_setzero_ps();
  if (x.deep) {
    __mmask16 lanes = (__mmask16)((1u << outer) - 1);
    for (int i = 0; i < EDGE; i++) {
      const float* row = x.at + (size_t)(k + 2 * i) * x.stride + o;
      split(2 * i < depth ? _mm512_maskz_loadu_ps(lanes, row) : none, 2 * i + 1 < depth ? _mm512_maskz_loadu_ps(lanes, row + x.stride) : none, out + i * EDGE);
    }
  } else {
    const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0), odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    __mmask16 low = (__mmask16)((1u << std::min(depth, EDGE)) - 1), high = (__mmask16)((1u << std::max(depth - EDGE, 0)) - 1);
    for (int i = 0; i < EDGE; i++) {
      const float* row = x.at + (size_t)(o + i) * x.stride + k;
      __m512 a = i < outer ? _mm512_maskz_loadu_ps(low, row) : none, b = i < outer ? _mm512_maskz_loadu_ps(high, row + EDGE) : none;
      split(_mm512_permutex2var_ps(a, even, b), _mm512_permutex2var_ps(a, odd, b), out + i * EDGE);
    }
  }
  if (x.deep != COLUMNS)
    for (int p = 0; p < 3; p++) transpose(out + p * WORDS);
}

// `count` steps of depth of strips, one strip after the other; read in the order in which the matrix lies.
template <bool COLUMNS>
static void fill_strips(const Matrix& x, int first, int number, int begin, int count, uint32_t* out) {
  int halves = 2 * number;
  for (int u = 0; u < halves * count; u++) {
    int half = x.deep ? u % halves : u / count, s = x.deep ? u / halves : u % count;
    fill<COLUMNS>(x, (2 * first + half) * EDGE, (begin + s) * DEPTH, out + ((size_t)(half / 2) * count + s) * STEP + (half % 2) * HALF);
  }
}

// ---- tiles into sums -------------------------------------------------------------------------------------------------------------------------

struct alignas(64) TileConfig {  // eight tiles of 16 rows of 64 bytes
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

static inline void fetch(const uint32_t* at, int words) {
  for (int i = 0; i < words; i += LINE) _mm_prefetch((const char*)(at + i), _MM_HINT_T0);
}

// The sums of a block, 32 x 32, and where they belong; given there a few rows at a time while the next block is multiplied.
struct Sums {
  const float *at, *before;  // the block's own, and those of the parts before it, if any
  float* to;
  const float* shift;
  size_t stride;
  int rows = 0, wide;
  bool onto, past;  // added to what is there; stored past the caches

  void give(int first, int last) const {
    last = std::min(last, rows);
    if (first >= last) return;
    for (int half = 0; half < wide; half += EDGE) {
      __mmask16 lanes = (__mmask16)((1u << std::min(EDGE, wide - half)) - 1);
      __m512 extra = shift ? _mm512_maskz_loadu_ps(lanes, shift + half) : _mm512_setzero_ps();
      for (int i = first; i < last; i++) {
        __m512 v = _mm512_load_ps(at + i * SIDE + half);
        float* place = to + i * stride + half;
        if (before) v = _mm512_add_ps(v, _mm512_load_ps(before + i * SIDE + half));
        if (onto) v = _mm512_add_ps(v, _mm512_maskz_loadu_ps(lanes, place));
        v = _mm512_add_ps(v, extra);
        past ? _mm512_stream_ps(place, v) : _mm512_mask_storeu_ps(place, lanes, v);
      }
    }
  }
};

#define LOAD_A(p) _tile_loadd(4, a + p * WORDS, 64); if (ROWS > 1) _tile_loadd(5, a + HALF + p * WORDS, 64)
#define LOAD_B(p) _tile_loadd(6, b + p * WORDS, 64); _tile_loadd(7, b + HALF + p * WORDS, 64)
#define MULTIPLY _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7); if (ROWS > 1) { _tile_dpbf16ps(2, 5, 6); _tile_dpbf16ps(3, 5, 7); }

// `count` steps of a strip of A times one of B, into `out`. Meanwhile A's next tiles are fetched, the block before is given to its place, and `lines` lines a
// step of what comes later of B are fetched into the second cache, evenly: many at once would take all the buffers that A's tiles pass through.
template <int ROWS>
static inline void block(const uint32_t* a, const uint32_t* b, int count, float* out, const Sums& waiting, const uint32_t* later, int lines) {
  const uint32_t *first_a = a, *first_b = b;
  int slice = SIDE / count / 2 + 1;
  auto come = [&](int fifth) {
    for (int i = lines * fifth / 5; i < lines * (fifth + 1) / 5; i++) _mm_prefetch((const char*)(later + i * LINE), _MM_HINT_T1);
  };
  _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3);
  for (int s = 0; s < count; s++, a += STEP, b += STEP, later += lines * LINE) {
    LOAD_A(0); LOAD_B(2); fetch(a + STEP, WORDS); MULTIPLY come(0);                                                               // h l
    LOAD_B(1); fetch(a + STEP + WORDS, WORDS); MULTIPLY come(1); waiting.give(2 * s * slice, (2 * s + 1) * slice);                // h m
    LOAD_A(1); fetch(a + STEP + 2 * WORDS, 2 * WORDS); MULTIPLY come(2); waiting.give((2 * s + 1) * slice, (2 * s + 2) * slice);  // m m
    LOAD_B(0); fetch(a + STEP + 4 * WORDS, WORDS); MULTIPLY come(3);                                                              // m h
    LOAD_A(2); fetch(a + STEP + 5 * WORDS, WORDS); MULTIPLY come(4);                                                              // l h
  }
  a = first_a, b = first_b;
  for (int s = 0; s < count; s++, a += STEP, b += STEP) { LOAD_A(0); LOAD_B(0); MULTIPLY }  // h h
  _tile_stored(0, out, SIDE * 4); _tile_stored(1, out + EDGE, SIDE * 4);
  if (ROWS > 1) { _tile_stored(2, out + EDGE * SIDE, SIDE * 4); _tile_stored(3, out + EDGE * SIDE + EDGE, SIDE * 4); }
}

// What a thread holds: A's tiles and the sums of their parts so far, in one large page, so that its addresses are found at once.
struct Held {
  uint32_t* tiles = (uint32_t*)std::aligned_alloc(1 << 21, 1 << 21);
  float* sums = (float*)(tiles + HELD);
  Held() { if (tiles) madvise(tiles, 1 << 21, MADV_HUGEPAGE); }
  ~Held() { std::free(tiles); }
};

// C [a.outer, n] = A B, plus C where `add`, plus bias [n] where there is one. b: packed.
struct Product {
  Matrix a;
  const uint32_t* b;
  const float* bias;
  float* c;
  int n;
  bool add;

  // Strips of rows [first, last) and of columns [from, to): as many rows as are held, and of these each chunk of depth with each strip of columns.
  void run(int first, int last, int from, int to, const Held& held) const {
    int depth = steps(a.depth), room = HELD / (std::min(CHUNK, depth) * STEP);
    bool past = depth <= CHUNK && !add && a.outer > n && (size_t)a.outer * n > LARGE && n % EDGE == 0 && (size_t)c % 64 == 0;
    alignas(64) float blocks[2][SIDE * SIDE];  // one that is multiplied, one that waits
    Sums waiting;
    int turn = 0;
    for (int top = first; top < last; top += room)
      for (int begin = 0; begin < depth; begin += CHUNK) {
        int rows = std::min(room, last - top), end = std::min(begin + CHUNK, depth);
        for (int p = begin; p < end; p += PART)
          fill_strips<false>(a, top, rows, p, std::min(PART, end - p), held.tiles + (size_t)(p - begin) * rows * STEP);
        for (int j = from; j < to; j++)
          for (int p = begin; p < end; p += PART) {
            int count = std::min(PART, end - p);
            const uint32_t *column = b + ((size_t)j * depth + p) * STEP, *later = column + AHEAD * STEP;
            int lines = (STEP / LINE + rows - 1) / rows;
            for (int i = 0; i < rows; i++) {
              const uint32_t* row = held.tiles + ((size_t)(p - begin) * rows + (size_t)i * count) * STEP;
              float *sums = held.sums + i * SIDE * SIDE, *out = p == begin && p + PART < end ? sums : blocks[turn ^= 1];
              int high = std::min(SIDE, a.outer - (top + i) * SIDE);
              const uint32_t* ahead = later + (size_t)i * count * lines * LINE;
              high > EDGE ? block<2>(row, column, count, out, waiting, ahead, lines) : block<1>(row, column, count, out, waiting, ahead, lines);
              waiting = {out, p > begin ? sums : nullptr, sums, nullptr, SIDE, out == sums ? 0 : high, SIDE, false, false};
              if (p + PART < end) continue;
              waiting.to = c + (size_t)(top + i) * SIDE * n + j * SIDE, waiting.stride = n, waiting.wide = std::min(SIDE, n - j * SIDE);
              waiting.shift = bias && end == depth ? bias + j * SIDE : nullptr, waiting.onto = add || begin, waiting.past = past;
            }
          }
      }
    waiting.give(0, SIDE);
    _mm_sfence();
  }
};

// Whether the processor has the unit and the system lets this process use it (Linux wants to be asked).
EXPORT int products_here() {
  const int REQUEST_PERMISSION = 0x1023, TILE_DATA = 18;
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

// B's tiles, strip by strip of columns: 1,536 words for every 32 columns and 32 numbers of depth.
EXPORT void pack_columns_float32(int n, int k, const float* b, int stride, int deep, uint32_t* out, int threads) {
  Matrix x = {b, n, k, stride, (bool)deep};
  int depth = steps(k), columns = strips(n), share = (columns + threads - 1) / threads;
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int t = 0; t < threads; t++) {
    int first = std::min(t * share, columns);
    fill_strips<true>(x, first, std::min(share, columns - first), 0, depth, out + (size_t)first * depth * STEP);
  }
}

// C [m, n] = A [m, k] times packed B [k, n] (plus C where `add`, plus bias).
EXPORT void product_float32(int m, int n, int k, const float* a, int stride, int deep, const uint32_t* b, const float* bias, float* c, int add, int threads) {
  Product p = {{a, m, k, stride, (bool)deep}, b, bias, c, n, (bool)add};
  // Threads share rows where there are more of them, and each reads all of B; else columns, and each makes tiles of all the rows for itself.
  bool by_rows = m > n;
  int side = strips(by_rows ? m : n), share = (side + threads - 1) / threads;
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int t = 0; t < threads; t++) {
    static thread_local Held held;
    TileConfig config;
    _tile_loadconfig(&config);
    int from = std::min(t * share, side), to = std::min((t + 1) * share, side);
    by_rows ? p.run(from, to, 0, strips(n), held) : p.run(0, strips(m), from, to, held);
    _tile_release();
  }
}
#else
EXPORT int products_here() { return 0; }
EXPORT void pack_columns_float32(int, int, const float*, int, int, uint32_t*, int) {}
EXPORT void product_float32(int, int, int, const float*, int, int, const uint32_t*, const float*, float*, int, int) {}
#endif

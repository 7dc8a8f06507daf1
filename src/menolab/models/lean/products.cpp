// Matrix products of float32 on the processor's bfloat16 matrix unit (Intel AMX), at float32's accuracy or better.
//
// A float is the sum of three bfloat16 exactly: x = h + m + l, with 8 of its 24 bits each. So a b = hh + (hm + mh) + (hl + mm + lh), and what is left out is
// below 2^-24 of it (Henry, Tang and Heinecke 2019, arXiv:1904.06376, section III). The unit multiplies exactly and adds in float32. The small terms are
// summed first, apart from the large one, so that they cost no rounding at its size. Six products at sixteen times the rate of float32's vectors.
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

// A tile is 16 x 16 words of 32 bits, a word two neighbours in depth. A's tiles: a row of A a row. B's: a column of B a column. A step of depth is three
// tiles: the h, m and l of 16 rows (or columns) and 32 numbers of depth.
static const int EDGE = 16, DEPTH = 32, WORDS = EDGE * EDGE, STEP = 3 * WORDS;
static const int CHUNK = 32;      // steps of depth that are gone through at a time: 1,024 numbers
static const int HELD = 1 << 18;  // words of A's tiles that a thread holds: 1 MiB, half of its cache
static const int LINE = 16;       // words of a cache line
static inline int tiles(int n) { return (n + EDGE - 1) / EDGE; }
static inline int steps(int k) { return (k + DEPTH - 1) / DEPTH; }

// ---- floats into tiles -----------------------------------------------------------------------------------------------------------------------

// The next part of x, in the upper halves of words; x is left with the rest, exactly. The first is rounded, so that the rest has either sign.
static inline __m512i part(__m512& x, bool nearest) {
  __m512i w = _mm512_castps_si512(x), one = _mm512_set1_epi32(1);
  if (nearest) w = _mm512_add_epi32(w, _mm512_add_epi32(_mm512_set1_epi32(0x7fff), _mm512_and_si512(_mm512_srli_epi32(w, 16), one)));
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
  int outer = std::min(EDGE, x.outer - o), depth = std::min(DEPTH, x.depth - k);
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

// `count` steps of depth of `lots` rows or columns of tiles, one lot after the other; read in the order in which the matrix lies.
template <bool COLUMNS>
static void fill_lots(const Matrix& x, int first, int lots, int begin, int count, uint32_t* out) {
  for (int u = 0; u < lots * count; u++) {
    int lot = x.deep ? u % lots : u / count, s = x.deep ? u / lots : u % count;
    fill<COLUMNS>(x, (first + lot) * EDGE, (begin + s) * DEPTH, out + ((size_t)lot * count + s) * STEP);
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

// Two neighbouring columns of tiles, and ROWS rows of them: what each reads, what the next block reads first, and the columns after these, of which
// `lines` lines a step are fetched meanwhile.
struct Panels { const uint32_t *a, *lower_a, *b, *right_b, *next, *next_beside, *later; int count, lines; };

#define LOAD_A(p) _tile_loadd(4, a + p * WORDS, 64); if (ROWS > 1) _tile_loadd(5, lower_a + p * WORDS, 64)
#define LOAD_B(p) _tile_loadd(6, b + p * WORDS, 64); _tile_loadd(7, right_b + p * WORDS, 64)
#define MULTIPLY _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7); if (ROWS > 1) { _tile_dpbf16ps(2, 5, 6); _tile_dpbf16ps(3, 5, 7); }

template <int ROWS>
static inline void block(const Panels& of, float* sums, size_t stride) {
  for (int i = 0; i < ROWS * EDGE; i++) __builtin_prefetch(sums + i * stride, 1), __builtin_prefetch(sums + i * stride + EDGE, 1);
  _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3);
  for (int s = 0; s < of.count; s++) {
    const uint32_t *a = of.a + s * STEP, *lower_a = of.lower_a + s * STEP, *b = of.b + s * STEP, *right_b = of.right_b + s * STEP;
    for (int i = 0; i < of.lines; i++) _mm_prefetch((const char*)(of.later + (s * of.lines + i) * LINE), _MM_HINT_T1);
    LOAD_A(0); LOAD_B(2); fetch(a + STEP, WORDS); fetch(b + STEP + 2 * WORDS, WORDS); MULTIPLY              // h l
    LOAD_B(1); fetch(lower_a + STEP, WORDS); fetch(right_b + STEP + 2 * WORDS, WORDS); MULTIPLY             // h m
    LOAD_A(1); fetch(b + STEP + WORDS, WORDS); fetch(right_b + STEP + WORDS, WORDS); MULTIPLY               // m m
    LOAD_B(0); fetch(a + STEP + WORDS, 2 * WORDS); fetch(b + STEP, WORDS); MULTIPLY                         // m h
    LOAD_A(2); fetch(lower_a + STEP + WORDS, 2 * WORDS); fetch(right_b + STEP, WORDS); MULTIPLY             // l h
  }
  for (int s = 0; s < of.count; s++) {
    const uint32_t *a = of.a + s * STEP, *lower_a = of.lower_a + s * STEP, *b = of.b + s * STEP, *right_b = of.right_b + s * STEP;
    if (s + 2 < of.count) fetch(a + 2 * STEP, WORDS), fetch(b + 2 * STEP, WORDS), fetch(lower_a + 2 * STEP, WORDS), fetch(right_b + 2 * STEP, WORDS);
    else if (s + 1 == of.count) fetch(of.next, STEP), fetch(of.next_beside, STEP);
    LOAD_A(0); LOAD_B(0); MULTIPLY  // h h
  }
  _tile_stored(0, sums, stride * 4); _tile_stored(1, sums + EDGE, stride * 4);
  if (ROWS > 1) { _tile_stored(2, sums + EDGE * stride, stride * 4); _tile_stored(3, sums + EDGE * stride + EDGE, stride * 4); }
}

// C [a.outer, n] = A B, plus C where `add`, plus bias [n] where there is one. b: packed.
struct Product {
  Matrix a;
  const uint32_t* b;
  const float* bias;
  float* c;
  int n;
  bool add;

  // Rows [first, last) and columns [from, to) of tiles; `from` is even. held: HELD words.
  void run(int first, int last, int from, int to, uint32_t* held) const {
    int depth = steps(a.depth), columns = tiles(n);
    for (int begin = 0; begin < depth; begin += CHUNK) {
      int count = std::min(CHUNK, depth - begin), room = HELD / (count * STEP) / 2 * 2;
      size_t lot = (size_t)count * STEP;
      for (int top = first; top < last; top += room) {
        int rows = std::min(room, last - top);
        fill_lots<false>(a, top, rows, begin, count, held);
        // Down the columns, so that one pair of them is in the cache; or along the rows, C's own order, where all of B is.
        bool along = (size_t)(to - from) * lot <= HELD;
        int down = (rows + 1) / 2, across = (to - from + 1) / 2, lines = along ? 0 : (2 * STEP / LINE + down - 1) / down;
        const uint32_t* columns_here = b + ((size_t)begin * columns + (size_t)from * count) * STEP;
        for (int u = 0; u < down * across; u++) {
          int i = along ? u / across : u % down, j = along ? u % across : u / down;
          const uint32_t *row = held + 2 * i * lot, *column = columns_here + 2 * j * lot, *later = column + 2 * lot + (size_t)i * lines * count * LINE;
          const uint32_t* next = along ? (j + 1 < across ? column + 2 * lot : columns_here) : (i + 1 < down ? row + 2 * lot : held);
          Panels panels = {row, 2 * i + 1 < rows ? row + lot : nullptr, column, from + 2 * j + 1 < columns ? column + lot : column, next, next + lot, later, count, lines};
          give(panels, (top + 2 * i) * EDGE, (from + 2 * j) * EDGE, add || begin, begin + count == depth ? bias : nullptr);
        }
      }
    }
  }

  // One block into its place, through `sums` where it is not whole or something is added.
  void give(const Panels& panels, int row, int column, bool onto, const float* shift) const {
    int high = std::min(panels.lower_a ? 2 * EDGE : EDGE, a.outer - row), wide = std::min(2 * EDGE, n - column);
    float* to = c + (size_t)row * n + column;
    if (high == 2 * EDGE && wide == 2 * EDGE && !onto && !shift) return block<2>(panels, to, n);
    alignas(64) float sums[4 * WORDS];
    panels.lower_a ? block<2>(panels, sums, 2 * EDGE) : block<1>(panels, sums, 2 * EDGE);
    for (int half = 0; half < wide; half += EDGE) {
      __mmask16 lanes = (__mmask16)((1u << std::min(EDGE, wide - half)) - 1);
      __m512 extra = shift ? _mm512_maskz_loadu_ps(lanes, shift + column + half) : _mm512_setzero_ps();
      for (int i = 0; i < high; i++) {
        __m512 v = _mm512_load_ps(sums + i * 2 * EDGE + half);
        if (onto) v = _mm512_add_ps(v, _mm512_maskz_loadu_ps(lanes, to + (size_t)i * n + half));
        _mm512_mask_storeu_ps(to + (size_t)i * n + half, lanes, _mm512_add_ps(v, extra));
      }
    }
  }
};

// A thread's room for A's tiles: one large page, so that its addresses are found at once.
struct Held {
  uint32_t* at = (uint32_t*)std::aligned_alloc(1 << 21, 1 << 21);
  Held() { if (at) madvise(at, 1 << 21, MADV_HUGEPAGE); }
  ~Held() { std::free(at); }
};

// Whether the processor has the unit and the system lets this process use it (Linux wants to be asked).
EXPORT int products_here() {
  const int REQUEST_PERMISSION = 0x1023, TILE_DATA = 18;
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

// B's tiles, for each chunk of depth for each column of tiles: 768 words for every 16 columns and 32 numbers of depth.
EXPORT void pack_columns_float32(int n, int k, const float* b, int stride, int deep, uint32_t* out, int threads) {
  Matrix x = {b, n, k, stride, (bool)deep};
  int depth = steps(k), columns = tiles(n), share = (columns + threads - 1) / threads;
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int t = 0; t < threads; t++)
    for (int begin = 0; begin < depth; begin += CHUNK) {
      int first = std::min(t * share, columns), count = std::min(CHUNK, depth - begin);
      uint32_t* to = out + ((size_t)begin * columns + (size_t)first * count) * STEP;
      fill_lots<true>(x, first, std::min(share, columns - first), begin, count, to);
    }
}

// C [m, n] = A [m, k] times packed B [k, n] (plus C where `add`, plus bias).
EXPORT void product_float32(int m, int n, int k, const float* a, int stride, int deep, const uint32_t* b, const float* bias, float* c, int add, int threads) {
  Product p = {{a, m, k, stride, (bool)deep}, b, bias, c, n, (bool)add};
  // Threads share rows where there are many, and each reads all of B; else columns, and each makes tiles of all the rows for itself.
  int rows = tiles(m), columns = tiles(n);
  bool by_rows = rows >= 8 * threads || (rows >= 2 * threads && rows >= columns);
  int side = by_rows ? rows : columns, share = (side + 2 * threads - 1) / (2 * threads) * 2;
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int t = 0; t < threads; t++) {
    static thread_local Held held;
    TileConfig config;
    _tile_loadconfig(&config);
    int from = std::min(t * share, side), to = std::min((t + 1) * share, side);
    by_rows ? p.run(from, to, 0, columns, held.at) : p.run(0, rows, from, to, held.at);
    _tile_release();
  }
}
#else
EXPORT int products_here() { return 0; }
EXPORT void pack_columns_float32(int, int, const float*, int, int, uint32_t*, int) {}
EXPORT void product_float32(int, int, int, const float*, int, int, const uint32_t*, const float*, float*, int, int) {}
#endif

"""A model and an accelerator as rows of the tables, for examples of what takes such rows."""

LLAMA_70B = {
    "model": "Llama-3.1-70B",
    "params_total_b": 70.55,
    "params_active_b": 70.55,
    "layers": 80.0,
    "hidden": 8192.0,
    "attn_heads": 64.0,
    "kv_heads": 8.0,
    "head_dim": 128.0,
    "attention": "GQA",
    "kv_layers_full": 80.0,
    "kv_elems_per_layer": 2048.0,
}
H100 = ("H100 SXM", "NVIDIA", "SXM5", 85.9, 3.35, 989.0, 1979.0, None, 450.0)

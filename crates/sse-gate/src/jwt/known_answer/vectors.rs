//! Keys and signatures of [`MESSAGE`](super::MESSAGE).
//!
//! They were made with OpenSSL 3.0, once, and the private keys thrown away.

pub(super) const HS256_SIGNATURE: &str = "jdX3UMJUpPuTdhKT6wIixMz17moxIFANI04PQcwWRqo";

pub(super) const ES256_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ3nShyuIA/ngYFXv/aRWmmnUbB+/
4VKFyy3jyoV+vMwki9PtLxPu2qogslcRhPWflNtuEbYeDgi0HEdyE00k6A==
-----END PUBLIC KEY-----";
pub(super) const ES256_SIGNATURE: &str =
    "Iyz0U7LZoDMrLWWarKcGl9pIEB0wcSRBa4oDrVzM-nZW69AcIqjiHvlRZU-HG9HZkczmyj9croB8IDdXh4I4UQ";

pub(super) const EDDSA_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAIygVwr0iPUsin8RGKy9vcZCGbHrRmrfoIasGslQb2YE=
-----END PUBLIC KEY-----";
pub(super) const EDDSA_SIGNATURE: &str =
    "hsxGc32COWwaiH8HvwJagORE_Yf5uBQa2bLMBb0Dy4kd7mLJtU_8W3fKehKVUsUoyiMQQonPP1rtL4OEw54NCA";

pub(super) const HS384_SIGNATURE: &str =
    "HsjOayhb7Pc1o_XvsrlhyrLEMyPixdblJu-Xcl0X2jx8Ua4D1ZYaQFegCWJ5XOq_";

pub(super) const HS512_SIGNATURE: &str =
    "0mXd_DucoP-SzqnvQG0_B_hBaRVeZx7q0gFksqYxCdg2fJ_fVGyrt3zfUA0bctwPAbsSdYa5xhu0Jk0p0N1WlA";

pub(super) const ES384_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEgiBZOeuFPS1tijNa1OK5Szui5O2Y8NlU
4+98JhHOikTXPN0iMmTaPgjqVJAESHRBcKcSxpMuiSXug/ganGK9JaWydM0CJe3F
hHS4e3b5hfr+qUJUcwX1GbbMZbIYj+TN
-----END PUBLIC KEY-----";
pub(super) const ES384_SIGNATURE: &str = concat!(
    "i0oUd9M6tn7OQry9Ms_Z8kLcRtSPMeaYOiDPOvlkBoVhhuWlUk3trZcwmb4uV2hiV_3oe-",
    "x8_HPROJZNeYH3GGrOfUhw89X_pBA5Io7-IF9PYuRMm_xXqFPKHs1ZafrK",
);

/// For all algorithms over RSA.
pub(super) const RSA_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoj1/R7JxBjbQcJcMA9SX
vKXVEKOAtZ2/fK1+9Hw3HZoTM9+QpfoFjMFsV/Jm1D0k3112o5G53PiaeFXJcwrl
YbJuTmQlllCWOUz8TRMBbZEq7QX4PdzFxQkEo1yhv8GqQWV9qvqWaTUIRlXz3cPj
gkhOaVaofuASjXaY60J7lNQoaUv02/qHcHTVzX4/bBTwZb+fBnITixakOZXELT5M
88mQtiXg84azAbALup3rVIVTNu+od9DHNon6SBgRoFQ5FvhKUVbpm4EVg4iRRuoG
hLjxYtBHbhMRnBKFHlIQc4gi7DaCpov0UeS5ppbdhNv5rX2kLV9jPV2GqyCY10Ye
WwIDAQAB
-----END PUBLIC KEY-----";

pub(super) const RS256_SIGNATURE: &str = concat!(
    "J7RylGCYKfBBTCWQf-",
    "6Y6uGmteCRzL9MqmD43BBFmc52d0RjazmKRWnkBVggyBgjWHKcdMdDj9H0n15neTLn6daRpb0IBEjdld0on8uo",
    "1X1pctbaoi5pJ5aXk7rCqOsoUZIHH7n1tRSGgyrQiZ0UEUo9-4bQWm1g5-lyzF50I-",
    "hGS08ynPSv8MS9asW9e4a2DemTTraHBYFiIx8YHH6nYl-vpRybVJ2fJuoSESlwvM94cQwDpgcYaCwrA9FcNYx3",
    "7jOcOz8qvBwH9-kKLr8FQSIoXgdsQPfy7KaiJlZ5T789m0k57pm6EIzAB9VZ8lf_AvAKApMji_OzwLzKtc4w_g",
);

pub(super) const RS384_SIGNATURE: &str = concat!(
    "QVJIb0TZrLCFG936o76dQ8OOJ5eR7QEVaOVbB4BgJ3EK8xWUlsklVRdNPDIzEyUw-SrSK8r86XRkEAnmNXh1-",
    "zodsDJr4_vLM5NkIjqyLXXSJRzCwXY2jgqKy5fiykokIjngdWyJ3192NPhfB6ielq4XL7gtkcSqwFL8TAukX37",
    "mPEYsOm1kA1RaICICilRb6NTQjjhGJuK0tf9d5WoHI-kSeg5FcEBLKFp9-fulXK0kNRrivuWi8mUv-qJ55_-",
    "cDeRscU49AqSXN4MFOh5e6yMqiTdtRmdVj6qdFFrSQBLgiZ8elvT5GMpdlzLPKluUWuPs8tMCEPQHFLSNJpucT",
    "g",
);

pub(super) const RS512_SIGNATURE: &str = concat!(
    "b9qF4MLTZI0ALXLU5seOkH826EhWZVA6_Kvj4XDpsy-o5np5ZHopaXVN5bW06_n1qw37SfpZ859-",
    "ymzPhmoRZPaUU7XbieDMk63Qh-JKy1I50OFRau0qPvvOzQzkUXPTVxdr8P6fp-",
    "sa5Sb8I6MSAsKy8nuM1mDcPUg6u9mMg_ainCdi8Yio_PFPj86PGxGR8QkN5hsf-Aecg26Y17ruXsKVSY_Cu84I",
    "cOL8lMYRNCa2C_vqlIZOhkppg9GM_hG5S-7PruyOqJsMTMeStXe_0B4mPiHbSm9TKsDVGSWGNOMGTLRf51RTP-",
    "SrYSUf7Xy3LFJFd7ce7-fzL9izS860Ew",
);

pub(super) const PS256_SIGNATURE: &str = concat!(
    "Ys7gF6zQgr0hR4uOWgM8Yrue97D8lpea3ewUl-",
    "l5B1VxZ8h4fCs71_xP7TWeQYhfQvp65UmxIHaUm2z56rfdzdEuqZn2gJJyrbL8FrQ3DXCmg7Vm4nkjxu_q1k7R",
    "IxTQTJubYGi4W9sicneaMvqg3eUETBAa81e-",
    "_xeS8CZUiQ0hmnnil_CkTFDYEUL7xKa05ZlSgVzNd27q6mzKUZxAZ9aTOte1ykhQG_tMW0FVty3mRLxCETyQcP",
    "3NwOo5Tgva6ZceuYClKfvza0C-45o8BhlMKURFthNWO3AitHk5jHCrPO-",
    "7DZ2SeWuigDSRegbROSg4rmwOlIvtvDWDj6Z1FA",
);

pub(super) const PS384_SIGNATURE: &str = concat!(
    "cqlKNFKXfjNn7ChP40dHILw3Lx-u5kJ0Coyxcr-3frshor7QcQRPttaEyLV0qjbpZ-",
    "hVq90rg7tGT7uy3Js7k2xPbakNbpHUeMQ-vQ4Rj6I4tqfF9-",
    "HXgtIMt0FAAO22y53u9143JvKnBxuis80cY0NIrwYlVvudwmGrBp93yRid7aJ0abVS_KQozf9SFZ1R86V-",
    "wiZOqYCGAj4gGfFEm4AzK6jLVKXnK3LuIwDJCjYszwicmmm-nq5F4QmvpjQCdh4zsHiBqfG-0cEP_Dueg-",
    "dFajaPh8j_lfy8oHesvVhjyFBgMwdQBooUBoHsbooNsAGZ_ihb-JCD0AmkfVvRRA",
);

pub(super) const PS512_SIGNATURE: &str = concat!(
    "aCJ1EHpI5xR0-",
    "zGRqsr3pNEwoI9fwvHkG3Cwa_mQGy1AaGts1ta9C77mk6bSmIxk3MiVxqTQ4sysuprhcaw_31PhKl06ljpnGja",
    "h1AtSsG3m2cye1T-o9ybicsIaRhYKLhrRncy6x_bXohiRJTAXvY0PaG8piifH-",
    "Ds00xz7gSW49SOo5C1BaOxgil-jaCo3yw9jb3Q3UVSSC-fS0vbYvW1hDvEmg5H4CtMkrtm55VRacPARBlAQ_pm",
    "NysbVrhVXxTKOSTs_szE5_ASZjs_Ae4lKh7A-ORDZMGAopa_QPVpId1nwcb--",
    "auAMj6GWcTCljuElF27T-aG4tpjEYn0X4A",
);

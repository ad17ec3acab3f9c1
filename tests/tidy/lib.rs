//! The rules of the repository that a program can check; `docs/architecture.md` says why each is.
//! Run with `cargo test -p tidy`.

#[cfg(test)]
mod checkout;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod places;
#[cfg(test)]
mod sources;

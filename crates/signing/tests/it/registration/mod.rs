//! The registration authority, as the people who use it meet it.

mod adopt;
mod applications;
mod codes;
mod deeds;
mod extra;
mod flow;
mod foreign;
mod operator;
mod petition;
mod stop;
mod world;
